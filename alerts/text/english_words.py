"""English words that no rule tells: irregular forms, nouns of actions, two spellings, compounds.

Each line is one word, then its forms; the regular forms of a form belong to it too.  Vocabulary of
conflict, disaster and politics in the first place.  Word lists and nothing else.
"""

#: A form with ~ answers for the word, but does not ask for it: "looters" are news to who watches
#: "looting", and who watches "looters" gets looters alone.
FORMS = """
arise arose arisen
be been being was were
bear bore borne
beat beaten
become became
begin began begun
bend bent
bind ~bound
bite bit bitten
bleed bled
blow blew blown
break broke broken
breed bred
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen
cling clung
come came
creep crept
deal dealt
dig dug
do did done does
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought ~fighter
find ~found
flee fled
fling flung
fly flew flown
forbid forbade forbidden
forget forgot forgotten
forgive forgave forgiven
freeze froze frozen
get got gotten
give gave given
go went gone goes
grind ~ground
grow grew grown
hang hung hanged hanging
have had has
hear heard
hide hid hidden
hold held
keep kept
know knew known
lay laid
lead led
leave ~left
lend lent
lose lost
make made
mean meant
meet met
mislead misled
overrun overran
overthrow overthrew overthrown
pay paid
plead pled
rebuild rebuilt
retake retook retaken
ride rode ridden
ring rang rung
rise ~rose risen
run ran
say said
see ~saw seen
seek sought
sell sold
send sent
shake shook shaken
shine shone
shoot shot ~shooter
show shown
shrink shrank shrunk
sing sang sung
sink sank sunk sunken
sit sat
slay slew slain
sleep slept
slide slid
speak ~spoke spoken
spend spent
spin spun
spring sprang sprung
stand stood
steal stole stolen
stick stuck
strike struck stricken
strive strove striven
swear swore sworn
sweep swept
swim swam swum
swing swung
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
undergo underwent undergone
undertake undertook undertaken
understand understood
wake woke woken
wear wore worn
weave wove woven
weep wept
win won
withdraw withdrew withdrawn withdrawal
withhold withheld
withstand withstood
write wrote written
befall befell befallen
dream dreamt
dwell dwelt
forbear forbore forborne
foresee foresaw foreseen
foretell foretold
forsake forsook forsaken
kneel knelt
leap leapt
learn learnt
light lit
mistake mistook mistaken
overcome overcame
override overrode overridden
oversee oversaw overseen
oversleep overslept
overtake overtook overtaken
partake partook partaken
repay repaid
rethink rethought
rewrite rewrote rewritten
sew sewn
sling slung
slink slunk
smell smelt
sow sown
spell spelt
spill spilt
spit spat
spoil spoilt
sting stung
stink stank stunk
strew strewn
stride strode stridden
string strung
swell swollen
tread trod trodden
unfreeze unfroze unfrozen
uphold upheld
wring wrung
die died dying
tie tied tying
lie lying
man men
woman women
child children
foot feet
tooth teeth
mouse mice
goose geese
crisis crises
gas gases gasses gassed gassing
bus buses busses
knife knives
wife wives
thief thieves
wolf wolves
half halves
shelf shelves
calf calves
bacterium bacteria
criterion criteria
phenomenon phenomena
curriculum curricula
analyze analysis analyses
paralyze paralysis
hypothesis hypotheses
diagnosis diagnoses
virus viruses
quiz quizzes
free freed
focus focuses focussed focused focusing
absorb absorption
abduct ~abductor ~abductee
abolish abolition
abstain abstention
acquire acquisition
acquit acquittal
admit admission
adviser advisor
aggression ~aggressor
announce announcement
approve approval
arrive arrival
assassinate ~assassin
assault ~assailant
attack ~attacker
ban banned banning
behead ~beheader
besiege siege
betray betrayal
bomb ~bomber
bombard bombardment
bury burial
collide collision
collude collusion
commit commitment
concede concession
conclude conclusion
consume consumption
convert conversion
contain containment
conceal concealment
confine confinement
conquer ~conqueror conquest
contaminate contaminant
decide decision
defect ~defector
demolish demolition
demonstrate ~demonstrator
deny denial
depart departure
deploy deployment
deport ~deportee
destroy destruction
detain detention ~detainee
detonate ~detonator
discover discovery
discuss discussion
disperse dispersal dispersion
divert diversion
disappear disappearance
dismiss dismissal
displace displacement
disrupt ~disruptor
divide division
embezzle embezzlement ~embezzler
endanger endangerment
enforce enforcement
engage engagement
enslave enslavement ~enslaver
erode erosion
erupt eruption
escape ~escapee
evacuate ~evacuee
evade evasion
evict ~evictee
exclude exclusion
execute ~executioner
expand expansion
expel expulsion ~expellee
explode explosion
expose exposure
extend extension
extort ~extortionist
extradite extradition
fail failure
hack ~hacker
harass harassment
hijack ~hijacker
imprison imprisonment
infiltrate ~infiltrator
injure injury
inspect ~inspector
intrude intrusion ~intruder
introduce introduction
intervene intervention
invade invasion ~invader
involve involvement
jail ~jailer
kidnap kidnapped kidnapping kidnaped kidnaping ~kidnapper ~kidnaper
kill ~killer
launder ~launderer
liberate ~liberator
loot ~looter
mediate ~mediator
mistreat mistreatment
murder ~murderer
move movement
mutiny ~mutineer
negotiate ~negotiator
occupy occupation ~occupier
permit permission
persuade persuasion
produce production
perpetrate ~perpetrator
persecute ~persecutor
plot ~plotter
plunder ~plunderer
poach ~poacher
poison ~poisoner
propose proposal
protest ~protester
protester protestor
pursue pursuit ~pursuer
punish punishment
raid ~raider
rape ~rapist
rebut rebuttal
recruit recruitment ~recruiter
reduce reduction
refuse refusal
remove removal
renew renewal
repel repelled repelling
replace replacement
rescue ~rescuer
resettle resettlement
resume resumption
respond response ~responder
retrieve retrieval
revive revival
riot ~rioter
rob robbed robbing robbery ~robber
sabotage ~saboteur
secede secession
seize seizure
settle settlement ~settler
ship shipment
smuggle ~smuggler
snipe ~sniper
starve starvation
strangle strangulation
submit submission
subvert subversion
suffocate suffocation
survive survival ~survivor
suspend suspension
terrorize terrorise
torture ~torturer
traffic trafficked trafficking ~trafficker
treat treatment
trespass ~trespasser
vandalize ~vandal
panic panicked panicking
mimic mimicked mimicking
aluminum aluminium
apologize apology
armor armour
artifact artefact
behavior behaviour
caliber calibre
candor candour
cancel cancelled cancelling cancellation
catalog catalogue
center centre
check cheque
clamor clamour
color colour
counselor counsellor
defense defence
demeanor demeanour
dialog dialogue
diarrhea diarrhoea
draft draught
endeavor endeavour
enroll enrol
favor favour
fervor fervour
fetus foetus
fiber fibre
flavor flavour
fuel fuelled fueled fuelling fueling
fulfill fulfil
glamor glamour
gray grey
gynecologist gynaecologist
harbor harbour
hemorrhage haemorrhage
honor honour
humor humour
jail gaol
jewelry jewellery
labor labour
leukemia leukaemia
liter litre
luster lustre
maneuver manoeuvre
meager meagre
meter metre
kilometer kilometre
millimeter millimetre
centimeter centimetre
mold mould
mustache moustache
neighbor neighbour
neighborhood neighbourhood
odor odour
offense offence
orthopedic orthopaedic
anesthetic anaesthetic
anemia anaemia
parlor parlour
pediatric paediatric
pediatrician paediatrician
plow plough
practice practise
pretense pretence
program programme programmed programming
pajamas pyjamas
rancor rancour
rigor rigour
rumor rumour
saber sabre
savior saviour
savor savour
skeptic sceptic
skeptical sceptical
somber sombre
specter spectre
splendor splendour
sulfur sulphur
sulfate sulphate
sulfuric sulphuric
theater theatre
tire tyre
license licence
tumor tumour
valor valour
vapor vapour
vigor vigour
whiskey whisky
woolen woollen
airplane aeroplane
esophagus oesophagus
encyclopedia encyclopaedia
"""

#: No forms of another word, though a rule says so: nouns in -ion that are no longer felt as the
#: action of their verb, nouns in -ing, plurals with a meaning of their own.  In the American spelling.
ALONE = """
ammunition administration association auction award candidate caution communication condition
congregation constellation convention corporation designation edition generation information
institution invitation legislation mission nation navigation notion organization petition population
position proposition publication question rebellion reservation sanction section session situation
station tradition vacation variation vocation building evening feeling gathering inning morning
offering outing proceeding saying setting wedding ceiling during news series species goods
"""

#: End in -men and are no plural.
NOT_PLURAL = "abdomen acumen bitumen omen regimen semen specimen stamen turkmen yemen"

#: Words that are also written as two: the first part, then what may follow it.
COMPOUNDS = """
air strike raid base craft field drop lift port power space bridge man
battle field ground ship front
blood bath shed
bomb shell
border land line
car bomb jacking
cease fire
check point
cross fire border
cyber attack crime war security
earth quake
fire arm fight power bomb fighter storm
flash point flood
fly over
front line
gun fire man battle boat ship shot point fight
hail storm
hand gun grenade
head quarters
heat wave
knife man point
land mine slide fall
life boat
man hunt
mine field sweeper
night fall
oil field
peace keeper keeping maker making
power plant
rail way road
road side block
rocket fire
safe guard
sea port plane
shell fire
short fall
ship wreck yard
side arm
snow storm fall
spy plane ware
stock pile
strong hold man
tear gas
truck bomb
war fare plane ship head lord crime torn zone time path monger
water way
whistle blower
wild fire
work force
"""
