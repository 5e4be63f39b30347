"""What subscribers want and are told, without Telegram: values and decisions.

    draft       a watchlist that is being made: its terms, and what each may mean
    kept        between what is stored of a watchlist and what matches
    members     everybody who watches something of their own
    preview     what a watchlist would have brought

Not one word of what is said stands here: that is the bot's.
"""
