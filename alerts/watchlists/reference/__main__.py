"""Write the pages: `python -m alerts.watchlists.reference`, which is `make docs`."""

from alerts.watchlists.reference.pages import write

if __name__ == "__main__":
    write()
