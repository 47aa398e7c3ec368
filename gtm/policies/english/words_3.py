"""English words from “piece” to “zucchini”; `gtm.policies.english` says where they come from."""

TEXT = """
piece piecemeal piecework pierce piety pig pigeon pigeonhole piggyback pigheaded pigpen pigtail pike pile pilfer
pilgrim pilgrimage pill pillage pillar pillow pillowcase pilot pimple pimply pin pinch pincushion pine pineapple pink
pinnacle pinpoint pint pioneer pious pipe pipeline pique piracy piranha pirate pirouette pistachio pistol piston pit
pitch pitchfork piteous pitfall pithy pitiful pitiless pittance pity pivot pixie pizza placard placate place placenta
placid plagiarise plagiarism plagiarist plagiarize plague plaice plaid plain plaintiff plaintive plan planar plane
planet planetarium planetary plank plankton plant plantain plaque plasma plaster plastic plate plateau platform
platinum platitude platoon platter plausibility plausible play playback playground playhouse playmate playpen
plaything playwright plaza plea plead pleasant pleasantry please pleasure pleat pledge plentiful plenty plethora
pliable pliant plight plod plop plot plough plow ploy pluck plucky plug plum plumage plumb plume plummet plump plunder
plunge plural plus plush plutonium ply plywood pneumatic pneumonia poach pocket pocketbook pockmark pod podcast
podcasts podium poem poet poetic poetry poignancy poignant poinsettia point poise poison poisonous poke pokey poky
polar polarise polarize pole polemic police policeman policemen policewoman policewomen policy polio polish polite
political politician politics polka poll pollen pollinate pollster pollutant pollute polo polygamous polygamy polygon
polynomial polyp polytechnic pomegranate pomp pompous poncho pond ponderous pontoon pony poodle pool poop poor pop
popcorn pope poplar poppy populace popular popularise popularize populate populous porcelain porch porcupine pore pork
pornographic pornography porous porpoise porridge port portend portent portfolio porthole portico portrait portray
pose position positive positivism possess possibility possible possum post postage postbox postcard postcode posterior
postgraduate posthumous postman postmark postmaster postmen postpone postscript postulate posture posy pot potassium
potato potency potent potential pothole pottery pouch poultry pounce pound pour pout poverty powder powdery power
powerhouse powwow practical practice practise practitioner pragmatic pragmatism prairie praise praiseworthy pram
prance prank prattle prawn pray preach precarious precautionary precedence precedent precinct precious precipice
precipitate precipitous precise preclude precocious predatory predecessor predicament predicate predict preempt preen
prefab prefect prefer preference preferential pregnancy pregnant prejudice preliminary prelude premier premiere
premise premium premonition prenatal preparatory preponderance preposterous prerogative presence preservative
presidency president presidential press pressure prestige prestigious presto presume presumption pretence pretentious
pretty pretzel prevail prevalence prevalent previous prey price prick prickle pride priesthood prim primary primate
prime primeval primitive primp primrose prince principal principle print printout prior prise prism prison privacy
private privatise privatize privilege privy prize pro probabilistic probe problem problematic procedural procedure
proceed process proclaim proclamation procrastinate procure prod prodigal prodigious prodigy produce product profane
profess proffer proficiency proficient profile profit profiteer profound profundity profuse progeny prognoses
prognosis program programme progress prohibit project projectile proletarian proletariat proliferate prolific prologue
prolong prom promenade prominence prominent promiscuity promiscuous promise promontory promote prompt promulgate prone
prong pronoun pronounce pronunciation proof proofread prop propaganda propagate propel propensity property prophecy
prophesy prophet prophetic proponent proportion proportionate proposal propose proposition proprietary proprietor
propriety propulsion prose prosecute prospect prospectus prosper prosperous prostitute prostrate protagonist protect
protein protest protestant protocol proton prototype protract protrude protrusion proud prove proven provenance
proverb proverbial provide providence province provincial provision proviso provocation provocative provoke prow prowl
proximity proxy prude prudence prudent prudish prune pry psalm pseudo pseudonym psych psyche psychedelic psychiatric
psychiatrist psychiatry psychic psychoanalysis psychoanalyst psychological psychologist psychology psychopath
psychoses psychosis psychotherapy psychotic pub puberty public publicise publicize publish puck pudding puddle pudgy
pueblo puff puffy pugnacious puke pull pulley pullover pulmonary pulp pulpit pulsate pulse pulverise pulverize puma
pumice pummel pump pumpernickel pumpkin pun punch punchline punctual punctuate puncture pundit pungent punitive punk
punt puny pup pupil puppet puppy purchase pure puree purgatory purge purification purify puritanical purple purport
purpose purr purse pursue pursuit purveyor pus push pushover pushy pussy put putative putrid putt putty puzzle pyjamas
pyramid pyre python qua quack quadrangle quadrant quadratic quadrilateral quadruped quadruple quadruplet quagmire
quail quaint quake qualification qualify qualitative quality qualm quandary quantify quantitative quantity quantum
quarantine quark quarrel quarrelsome quarry quart quarterback quartet quartz quash quaver quay queasy queen queer
quell quench query quest questionnaire queue quibble quiche quick quicken quicksand quiet quill quilt quinine
quintessence quintet quintuplet quip quirk quirky quit quite quiver quiz quizzical quorum quota quote quotient rabbi
rabbit rabble rabid rabies raccoon race racetrack racial racism racist rack racket racketeer racy radar radial
radiance radiant radiate radical radii radio radioactive radish radium radius raffle raft rag ragamuffin rage ragtime
raid rail railroad railway rain rainbow raincoat raindrop rainfall rainstorm rainwater rainy raise raisin rake rally
ram ramble ramification ramp rampage rampant ramrod ramshackle ran ranch rancid rancor rancorous rancour random rang
range rank rankle ransack ransom rant rap rape rapid rapport rapt rapture rapturous rare rascal rash rasp raspberry
raster rat rate rather ratification ratify ratio rationale rationalise rationalize rattle rattlesnake ratty raucous
ravage rave ravel raven ravenous ravine ravish raw ray rayon raze re reach reactionary read ready realise realistic
realize realm realty ream reap rear reason rebate rebel rebellious rebuke recalcitrant receipt receive receptacle
reception receptive recess recipe recipient reciprocal reciprocate recital reckless reckon recline recluse recognise
recognition recognize recompense reconcile reconnaissance recruit rectal rectangle rectangular rectify rector rectum
recuperate recurrence red redden redemption redhead rediscovered rediscovering rediscovers redo reduce redundancy
redundant reef reek reel refer referee reference referendum refinery reflect refrain refrigerate refuge refugee
refurbish refusal refute regalia regard regatta regime regimen regiment region registrar registration registry regress
regret regular regulate regurgitate rehabilitate rehearsals reign reimburse rein reinforcements reject rejoice
rejoinder rejuvenate relationships relativistic relegate relevance relevant reliance reliant relic relief relieve
religion religious relinquish relish reluctance reluctant remainder remedial remedy remembrance reminisce reminiscence
reminiscent remit remittance remnant remorse remote removal remunerate renaissance rend rendezvous rendition renegade
renege renounce renovate renown rent renunciation repatriate repel repellent repent repentance repentant repertoire
repetitious replenish replete replica replicate repository reprehensible representations representative reprieve
reprimand reprisal reproach reptile republican repudiate repugnance repugnant repute requiem require requisite rescind
rescue resemble reservoir residence resident residential residual residue resilience resilient resistance resistant
resistors resolute resonance resonant respect respirator respiratory resplendent respond response responsibility
responsible rest restaurant restitution restraint result resultant resume resumption resurgence resurrect resuscitate
retain retaliate retard retch reticence reticent retina retort retrieval retrieve retroactive retrograde retrospect
rev revamp revel revelry revenge reverberate revere reverence reverent reverie reversals reversible revert revival
revoke revolution revolutionary revolutionise revolutionize revolve revue revulsion rhapsody rhetoric rheumatism rhino
rhinoceros rhododendron rhubarb rhyme rhythm rhythmic rib ribbon rice rich rickety rickshaw ricochet rid riddance
ridden riddle ride ridge ridicule ridiculous rife rifle rift rig right righteous rightmost rigid rigorous rigour rile
rim rind ring ringleader ringlet ringworm rink rinse riot riotous rip ripe ripen riposte ripple rise risen risk risky
rite ritual rival rivalry river rivet roach road roadblock roadmap roadside roam roar roast rob robbery robe robin
robot robust rock rocket rocky rod rode rodent rodeo roe rogue roguish role roll roman romance romantic romp roof rook
rookie room roommate roomy roost root rope rosary rose rosemary roster rostrum rosy rot rotary rotate rote rotisserie
rotten rotund rotunda rouge rough roughage roughen roughhouse roulette round roundabout rouse rout route routine row
rowboat rowdy royal royalty rub rubble rubric ruby rucksack ruckus rudder ruddy rude rudimentary rue ruff ruffian
ruffle rug rugby ruin ruinous rule rum rumble ruminate rummage rummy rumour rump rumple run runaway rundown rune rung
runny runt runway rupture rural ruse rush rust rustic rustle rusty rut ruthless rye sabbatical saber sabotage saboteur
sabre sac sack sacrament sacred sacrifice sacrificial sacrilege sacrilegious sad sadden saddle sadistic safari safe
safeguard safekeeping safety saffron sag saga sage sagebrush said sail sailboat saint sake saki salad salami salary
sale salesman salesmen salespeople salesperson saleswoman saleswomen salient saliva salivate sallow sally salmon salon
saloon salt salty salute salvage salve same sample sanatorium sanctify sanctimonious sanction sanctity sanctuary sand
sandbag sandman sandmen sandpaper sandstone sandstorm sandwich sandy sane sang sanitarium sanitary sanitation sank
sanserif sap sapling sapphire sarcasm sarcastic sardine sari sash sassy sat satanic satchel satellite satin satire
satirical satirise satirist satirize satisfaction satisfactory satisfy saturate sauce saucepan saucy sauerkraut sauna
saunter sausage savage savagery save savior saviour savory savour savoury savvy saw sawdust saxophone say scab
scaffold scalar scald scale scallop scalp scalpel scaly scamper scan scandal scandalise scandalize scandalous scant
scanty scapegoat scar scarce scare scarecrow scarf scarlet scarves scary scathing scatter scatterbrain scavenger
scenario scene scenery scenic scent scepter sceptic sceptre schedule scheme schizophrenia schizophrenic scholar
scholastic school schoolboy schoolchild schoolchildren schoolteacher schooner science scientific scientist scissor
scoff scold scoop scoot scope scorch score scorn scorpion scotch scoundrel scour scourge scout scowl scrabble scram
scramble scrap scrapbook scrape scratch scratchy scrawl scrawny scream screech screen screw screwdriver screwy
scribble scribe script scripture scriptwriter scroll scrounge scrub scruff scruffy scruple scrupulous scrutinise
scrutinize scrutiny scuff scuffle sculptor sculpture scum scurrilous scurry scuttle scythe sea seafaring seafood seal
seam seaman seamen seamstress seaport sear search searchlight seashell seashore seasick seaside season seat seaweed
secede secession seclude seclusion second secondary secrecy secret secretarial secretary secrete sect secular secure
sedan sedate sedentary sediment sedimentary seduce seduction seductive see seedling seedy seek seem seen seep seepage
seesaw seethe segment segregate seize seizure seldom select self selfie sell selves semantic semblance semen semester
semicircle semicolon semiconductor semifinal seminar seminary senate send senile senior sense sensibility sensible
sensitive sensory sensual sensuous sent sentence sentience sentient sentiment sentry separate sepulcher sepulchre
sequel sequence sequential sequin serenade serene sergeant serial series serious sermon serpent serum servant serve
service serviceman servicemen serviette servile servitude session set setback settle seven seventeen seventeenth
seventh seventy sever severance severe sew sewage sewn sex sexual sexy shabby shack shackle shade shadow shadowy shady
shaft shaggy shake shaken shaky shall shallow sham shamble shame shampoo shamrock shanty shape share shareholder shark
sharp sharpen shatter shave shaven shawl she sheaf shear sheath sheathe sheave sheen sheep sheet sheikh shelf shell
shellfish shelter shelve shepherd sherbet sheriff sherry shield shift shifty shimmer shin shine shingle shiny ship
shipshape shipwreck shire shirk shirt shoal shock shod shoddy shoe shoelace shoestring shone shoo shook shoot shop
shopkeeper shoplifter shore short shortage shortcoming shorten shortfall shorthand shortlist shot shotgun should shout
shove shovel show showcase showdown showman showmen shown showy shrank shrapnel shred shrew shrewd shriek shrill
shrimp shrine shrink shrinkage shrivel shroud shrub shrubbery shrug shrunk shrunken shuck shudder shuffle shun shunt
shut shutdown shuttle shy sibling sic sick sicken sickle side sideline sidelong sideshow sidestep sidetrack sidewalk
sideways sidle siege sierra siesta sieve sift sigh sight sigma sign signature significance significant signify
signpost signup silence silent silhouette silicon silk silken sill silly silo silt silver silversmith silverware
silvery similar simile simmer simple simplex simplicity simplification simplify simplistic simply simulate
simultaneous sin since sincere sine sinew sinewy sing singe single singular sink sinus sip siphon sir sire siren
sirloin sissy sister sisterhood sit site situate six sixpence sixteen sixteenth sixth sixtieth sixty size sizzle skate
skateboard skein skeleton skeptic sketch sketchy skew ski skid skilful skill skillet skim skimp skimpy skin skinflint
skinny skip skirmish skirt skit skulk skull skunk sky skylight skyline skyrocket skyscraper slab slack slacken slag
slain slake slam slander slang slant slap slapstick slash slat slate slaughter slave slavery slavish slay sleazy sled
sledgehammer sleek sleep sleepy sleet sleeve sleigh slender slept slew slice slick slid slide slight slim slime slimy
sling slingshot slink slip slippery slipshod slit slither sliver slob slog slogan slop slope sloppy slosh slot sloth
slouch slovenly slow sludge slug sluice slum slumber slump slung slunk slur slush slut sly smack small smallpox smart
smartphone smash smattering smear smell smelly smelt smidgen smile smirk smite smith smithereens smitten smock smog
smoke smokestack smoky smolder smooth smote smother smoulder smudge smug smuggle smut snack snag snail snake snap
snappy snapshot snare snarl snatch sneak sneaky sneer sneeze snicker snide sniff sniffle snip snipe snippet snitch
snob snobbery snooker snoop snooty snooze snore snorkel snort snot snout snow snowball snowdrift snowfall snowflake
snowplough snowplow snowstorm snowy snub snuff snug snuggle so soak soap soapy soar sob sobriety soccer sociable
social socialise socialize society sociological sociologist sociology sock socket sod soda sodden sodium sodomy sofa
soft softball soften software soggy soil sojourn solace solar sold soldier sole solemn solicit solicitous solid
solidarity solidify solitaire solitary solitude solo soluble solution solve solvent somber sombre some somebody
someday somehow someone someplace somersault something sometime somewhat somewhere son sonata song sonic sonnet
sonorous soon soot soothe sooty sop sophisticate sophistry sophomore soprano sorcerer sorceress sorcery sordid sore
sorrow sorry sort sorta sought soul sound soundproof soundtrack soup sour source south southeast southeastern southern
southpaw southward southwest southwestern souvenir sovereign sovereignty sow sown spa space spacecraft spacial
spacious spade spaghetti spam span spangle spaniel spank spar spare spark sparkle sparrow sparse spasm spasmodic spat
spate spatial spatula spawn spay speak spear spearhead spearmint special specialise specialize specialty species
specific specify specimen specious speck spectacle spectacular spectator specter spectra spectre spectrum speculate
sped speech speed speedboat speedometer speedy spell spellbind spellbound spelt spend spendthrift spent sperm spew
sphere spherical sphinx spice spicy spider spigot spike spill spilt spin spinach spindly spine spinster spiral spire
spirit spiritual spit spite spittle splash splat spleen splendid splendor splendour splice splint split splurge spoil
spoilt spoke spoken spokesman spokesmen spokespeople spokesperson spokeswoman spokeswomen sponge spongy sponsor
spontaneity spontaneous spoof spook spooky spool spoon sporadic spore sporran sport sportsmanship spot spotlight
spotty spouse spout sprain sprang sprawl spray spread spreadsheet spree sprig spring springboard springtime springy
sprinkle sprint sprout spruce sprung spry spud spun spunk spur spurious spurn spurt sputter spy squabble squad
squadron squalid squall squalor squander square squash squat squawk squeak squeaky squeal squeamish squeeze squelch
squid squint squire squirm squirrel squirt stab stabilise stabilize stable stack stadium staff stag stage stagecoach
stagnant stagnate staid stain stair staircase stairway stake stale stalemate stalk stall stalwart stamina stammer
stamp stampede stance stanch stand standard standardise standardize standby standoff standpoint standstill stank
stanza staple star starboard starch starchy stardom stare starfish stark starlight starry start startle startup
startups starve state statesman statesmen static stationary stationery statistic statistician statue stature status
statute statutory staunch stave stay steadfast steady steak steal stealth stealthy steam steamroller steamy steel
steep steeple steer stellar stem stench stencil stenographer stenography step stepladder stereo stereotype sterile
sterilise sterilize sterling stern stethoscope stew steward stick stickler sticky stiff stiffen stifle stigma stigmata
still stillborn stilted stimulant stimulate stimuli stimulus sting stingy stink stint stipulate stir stirrup stitch
stock stockade stockbroker stockholder stockpile stocky stockyard stodgy stoical stoke stole stolen stolid stomach
stomp stone stony stood stool stoop stop stopgap stopover stoppage stopwatch storage store storehouse storekeeper
storeroom storey stork storm stormy story stout stove stow stowaway straddle straggle straight straighten
straightforward strain strait straitjacket strand strange strangle strangulation strap strata stratagem strategic
strategy stratify stratosphere stratum straw strawberry stray streak stream streamline street streetcar strength
strengthen strenuous stress stretch strew strewn stricken strict stridden stride strife strike string stringent
stringy strip stripe strive striven strode stroke stroll strong stronghold strove struck structural structure struggle
strum strung strut stub stubble stubborn stubby stuck stud student studio studious study stuff stuffy stumble stump
stun stung stunk stunt stupefy stupendous stupid stupor sturdy stutter style stylish stylistic stylus suave sub
subject subjugate subjunctive submersion submit subordinate subsequent subservient subsidiary subsidise subsidize
subsidy subsistence substantial substantiate substitute subterfuge subterranean subtle subtlety subtly suburb subvert
succeed success succinct succor succour succulent succumb such suck suckle suction sudden suds sue suede suffer
suffice sufficient suffix suffocate suffrage sugar sugary suggest suicidal suicide suit suitcase suite sulfur sulk
sulky sullen sulphur sultan sultry sum summarise summarize summary summit summon sumptuous sun sunbathe sunburn sundae
sundial sundown sundry sunflower sung sunglasses sunk sunken sunlight sunlit sunny sunrise sunscreen sunset sunshine
suntan sunup sup superb superficial superfluous superintendent superior supersede superstition superstitious
supervisory supplant supple supplementary support suppose supposition suppress supremacy supreme surcharge sure surf
surface surfboard surge surgeon surgery surgical surly surmise surmount surname surpass surplus surprise surreal
surrender surreptitious surround surveillance survey survival survive susceptible suspect suspend suspense suspicion
suspicious sustain sustenance swab swagger swallow swam swamp swampy swan swap swarm swarthy swat swathe sway swear
sweat sweaty sweep sweepstake sweet sweeten sweetheart swell swept swerve swift swig swill swim swindle swine swing
swipe swirl swish switch switchboard swivel swollen swoon swoop sword swordfish swore sworn swum swung syllable
syllabus symbol symbolic symbolise symbolize symmetric symmetry sympathetic sympathise sympathize sympathy symphonic
symphony symptom symptomatic synagogue synapse synchronise synchronize synchronous syndicate syndrome synonym
synonymous synopses synopsis syntactic syntax syntheses synthesis synthesise synthesize synthetic syphilis syringe
syrup system systematic tab tabby tabernacle table tablecloth tablespoon tablet tabloid taboo tabulate tacit taciturn
tack tackle tacky taco tact tactic tadpole tag tail tailgate taillight tailspin taint take taken takeoff takeover talc
tale talent talisman talk talkative tall tallow tally talon tambourine tame tamper tan tandem tang tangent tangential
tangerine tangible tangle tango tank tankard tantalise tantalize tantamount tantrum tap tape tapestry tar tarantula
tardy target tariff tarnish tarpaulin tarry tart tartan tartar task tassel taste tasty tattle tattoo tatty taught
taunt taut tautology tavern tawdry tawny tax taxi taxicab taxpayer tea teach teacup teak team teammate teamster
teamwork teapot tear teardrop tease teaspoon teat technical technician technique technological technology tedious
tedium tee teem teen teenage teeter teeth teethe teetotal telecommunications telegram telegraph telepathic telepathy
telephone telescope teletype televise tell telltale temper temperament temperance temperate temperature tempest
tempestuous template temple tempo temporal temporary tempt ten tenacious tenacity tenancy tenant tend tendency
tenderise tenderize tendon tendril tenement tenet tennis tense tent tentacle tentative tenth tenuous tenure tepee
tepid term terminal terminate termini terminology terminus termite terrace terrain terrestrial terrible terrier
terrific terrify territorial territory terror terrorise terrorize terse test testament testicle testify testimonial
testimony testis tetanus tether text textbook textile textual texture than thank that thatch thaw the theater theatre
theatrical thee theft their them theme themselves then thence theologian theological theology theorem theoretic
theorise theorize theory therapeutic therapist therapy there thereabouts thereafter thereby therefore therein thereof
thereon thereupon thermal thermodynamics thermometer thermostat thesauri thesaurus these thesis theta they thick
thicken thicket thief thieve thigh thimble thin think third thirst thirsty thirteen thirteenth thirtieth thirty this
thistle thong thorn thorny thorough thoroughbred thoroughfare those thou though thought thousand thousandth thrash
thread threadbare threat threaten three thresh threshold threw thrice thrift thrifty thrill thrive throat throb throne
throng throttle through throughout throughput throw throwaway throwback thrown thrust thud thug thumb thumbtack thump
thunder thunderbolt thunderous thunderstorm thunderstruck thus thwart thy thyme thyroid tiara tick ticket tickle
ticklish tidal tidbit tide tidy tie tiff tiger tight tighten tightrope tightwad tilde tile till tilt timber time
timekeeper timeline timelines timescale timetable timezone timid tin tinder ting tinge tingle tinker tinkle tinny
tinsel tint tiny tip tipsy tiptoe tirade tire tiresome tissue tit titbit titillate title to toad toadstool toast
tobacco toboggan today toddle toe toenail toffee toga together toggle toil toilet token told tolerable tolerance
tolerant tolerate toll tomahawk tomato tomb tomboy tombstone tomcat tome tomorrow ton tone tong tongue tonic tonight
tonnage tonne tonsil tonsillitis too took tool toolkit toot tooth toothache toothbrush toothpaste toothpick top topaz
topic topography topology topple torch tore torment torn tornado torpedo torque torrent torrential torrid torso
tortilla tortoise tortuous torture tot totalitarian tote totem toucan touch touchdown touchy tough toughen toupee tour
tournament tourniquet tousle tout tow toward towel town townspeople toxic toxin toy trace track tract trade trademark
tradition traffic trafficked trafficking tragedy tragic trail train trainee trait traitorous tramp trample trampoline
trance tranquil tranquilize tranquillise tranquillize transact transatlantic transcend transcontinental transcribe
transcript transfer transform transfusion transgress transient transistor transit transitory translate transliteration
translucent transmission transmit transparency transparent transpire transplant transport transpose transverse trap
trapdoor trapeze trapezoid trash trashcan trashy trauma traumatic traumatise traumatize travel traverse travesty trawl
tray treacherous treachery treacle tread treadmill treason treasure treasury treat treatise treaty treble tree trek
trellis tremble tremendous tremor trench trend trendy trepidation trespass trestle trial triangle triangular tribal
tribe tribulation tribunal tributary tribute trick trickery trickle trickster tricky tricycle trifle trigger
trigonometry trill trilogy trim trinity trinket trio trip tripe triple triplet triplicate tripod tripos trite triumph
triumphant trivia trivial trod trodden troll trolley trombone troop trophy tropical trot trouble troublemaker
troublesome trough trounce troupe trouser trout trowel truancy truant truce truck trudge true truffle truism truly
trump trumpet truncate trunk trust trustee trustworthy trusty truth try tryout tsar tub tuba tube tuberculosis tubular
tuck tuft tug tuition tulip tumble tummy tumor tumour tumult tumultuous tuna tundra tune tunic tunnel turban turbine
turbulence turbulent tureen turf turgid turkey turmoil turn turnaround turnip turnout turnover turnpike turnstile
turntable turpentine turquoise turret turtle turtleneck tusk tussle tutor tutorial tuxedo twang tweak twee tweet
tweezers twelfth twelve twentieth twenty twice twiddle twig twilight twin twine twinge twinkle twirl twist twitch
twitter two tycoon tying type typeface typescript typeset typewriter typhoid typhoon typhus typical typify typist
typographic tyrannical tyrannise tyrannize tyranny tyrant tyre ubiquitous udder ugh ugly ulcer ulterior ultimate
ultimatum ultra ultrasonic ultraviolet umbrella umpire umpteen unanimity unanimous unchristian uncle uncouth
undeniable under undergo underneath undo unicorn unicycle unification uniform unify unilateral unintentional unionise
unionize unique unison unit unite unity universal universe unkempt unmistakably unquestionably unreliability
unreservedly unruly unscathed until unto unwieldy up upbeat upbringing update upend upgrade upheaval upheld uphill
uphold upholster upholstery upkeep uplift upload upon upped upper uppermost upping upright uprising uproar uproot
upset upshot upside upstairs upstanding upstart upstream uptake uptight uptown upturn upward uranium urban urbane
urchin urge urgency urgent urinate urine urn us usage use usher usual usurp utensil uteri uterus utilise utilitarian
utility utilize utmost utter utterance vacancy vacant vacate vaccinate vaccine vacillate vacuous vacuum vagabond
vagary vagina vaginae vaginal vagrant vague vain valentine valet valiant valid validate valise valley valor valour
value valve vampire van vandal vandalise vandalize vane vanguard vanilla vanquish vapor vaporise vaporize vapour
variable variance variant variation variety various varnish varsity vary vase vast vat vault veal vector veer
vegetable vegetarian vegetation vehement vehicle veil vein velocity velour velvet velvety vend veneer venerable
venerate vengeance vengeful venison venom venomous vent ventilate ventricle ventriloquist venture venue veracity
veranda verb verbatim verbiage verbose verdict verge verification verify veritable vermin vernacular versatile verse
versus vertebra vertebrae vertebrate vertical vertices vertigo verve very vessel vest vestibule vestige vet veteran
veterinarian veterinary veto vex via viaduct vial vibrant vibrate vicar vicarious vice vicinity vicious victim
victimise victimize victor victorious victory video videotape vie view viewpoint vigil vigilance vigilant vigilante
vigor vigorous vigour vile vilify villa village villain villainous villainy vindicate vindictive vine vinegar vineyard
vintage vinyl viola violate violence violent violet violin viper viral virgin virile virtual virtue virtuoso virtuous
virulent virus visa vise visibility visible visionary visit vista visual visualise visualize vital vitamin vitriolic
vivacious vivacity vivid vivisection vocabulary vocal vocation vociferous vodka vogue voice void volatile volcanic
volcano volition volley volleyball volt voltage volume voluminous voluntary volunteer voluptuous vomit voodoo
voracious vortex vote vouch vow vowel voyage vulgar vulnerable vulture vying wad waddle wade wafer waffle waft wag
wage wagon waif wail waist waistline wait waitress waive wake waken walk walkout walkthrough wall wallet wallop wallow
wallpaper walnut walrus waltz wan wand wane wanna want wanton war warble ward warden wardrobe warehouse warfare
warhead warm warmth warn warp warpath warrant warranty warren warrior wart wartime wary was wash washcloth washout
washroom wasp wastage waste wastebasket wasteland watch watchdog watchman watchmen watchword water watercolor
watercolour waterfall waterfront waterlogged watermark watermelon waterproof watershed watertight waterway waterworks
watery watt wave waveform wavelength wavy wax waxy way waylaid waylay wayside wayward we weak weaken weakling wealth
wealthy wean weapon weaponry wear wearisome weary weasel weather weave web webinar webinars website websites wed wedge
wedlock wee weedy week weekday weekend weep weigh weight weighty weird weirdo welcome weld welfare well wellington
welt went wept were werewolf werewolves west western westward wet whack whale wharf wharves what whatever whatsoever
wheat wheedle wheel wheelbarrow wheelchair wheeze when whence whenever where whereabouts whereas whereby wherein
whereupon wherever wherewithal whet whether whew which whichever whiff while whilst whim whimper whimsical whine
whinny whip whir whirl whirlpool whirlwind whirr whisk whiskey whisky whisper whistle white whiten whitewash whittle
whiz whizz who whoa whoever whole wholehearted wholesale wholesome wholly whom whoop whopper whore whose why wick
wicket wide widen widespread widow width wield wife wifi wig wiggle wigwam wild wildcat wildfire wildlife wilful will
willow willpower wilt wily win wince winch wind windfall windmill window windowpane windpipe windscreen windshield
windy wine wing wink winsome winter wintertime wintry wipe wire wiry wisdom wise wisecrack wish wishbone wisp wispy
wist wit witch witchcraft with withdraw withdrawn withdrew withheld withhold within without withstand withstood
witticism witty wive wiz wizard wizened wobble woe wok woke woken wolf wolves woman womanhood womankind womb wombat
women won wonder wonderland wondrous wont woo wood woodchuck wooden woodland woodpecker woodsman woodsmen woodwind
woodwork woody woof wool woolen woollen word wordy wore work workbench workbook workflow workflows workforce workload
workman workmen workout workplace workshop workstation world worldwide worm wormhole worn worrisome worry worse worsen
worship worst worth worthwhile worthy wot would wound wove woven wow wrangle wrap wrath wreak wreath wreathe wreck
wreckage wren wrench wrest wrestle wretch wriggle wright wring wrinkle wrist wristwatch writ write writhe written
wrong wrongdoer wrongdoing wrote wrought wrung wry xenophobia xylophone yacht yak yam yank yap yard yardstick yarn
yawn year yearling yearn yeast yell yellow yelp yen yes yesterday yet yeti yew yield yodel yoga yogurt yoke yokel yolk
yonder you young youngster your yourself yourselves youth yowl yuck zany zeal zealous zebra zenith zero zest zeta
zigzag zillion zinc zincked zincking zip zodiac zombie zone zoo zoological zoologist zoology zoom zucchini
"""
