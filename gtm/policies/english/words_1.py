"""English words from “aardvark” to “fatigue”; `gtm.policies.english` says where they come from."""

TEXT = """
aardvark aback abacus abandon abate abbey abbot abbreviate abdicate abdomen abdominal abduct aberration abet abhor
abhorrence abhorrent abide ability abject ablaze able ably abnormal aboard abode abolish abolition abominable
abomination aboriginal aborigine abort abound about above aboveboard abrasive abreast abridge abroad abrupt abscess
abscond absence absent absentee absolute absolve absorb absorbent absorption abstain abstention abstinence abstract
abstruse absurd abundance abundant abuse abysmal abyss academic academy accede accelerate accent accentuate accept
acceptance access accessibility accessible accessory accident acclaim acclimate acclimatise acclimatize accolade
accommodate accompaniment accompanist accompany accomplice accomplish accord accordance accost account accountancy
accountant accredit accrue accumulate accuracy accurate accuse accustom ace ache achieve acid acknowledge
acknowledgment acne acorn acoustic acquaint acquaintance acquiesce acquiescence acquire acquisition acquit acre
acreage acrid acrimonious acrimony acrobat acrobatic acronym across acrylic act activate activist actress actual
actuary acumen acupuncture acute ad adage adamant adapt add addendum addict addition additive address addressee adept
adequate adhere adherence adherent adhesion adhesive adjacent adjective adjoin adjourn adjunct adjust administer
administration administrative administrator admiral admire admissible admission admit admittance admonish admonition
ado adobe adolescence adolescent adopt adore adorn adrift adroit adulation adult adulterate adultery adulthood advance
advantage advantageous advent adventure adventurous adverb adverbial adversary adverse advert advertise advice advise
advisory advocate aeon aerial aerodynamic aeroplane aerosol aerospace aesthetic afar affable affair affect
affectionate affidavit affiliate affinity affirm affirmative affix afflict affluence affluent afford affront afield
aflame afloat afoot aforementioned aforesaid afraid afresh after aftereffect afterlife afterlives aftermath afternoon
afterthought afterward again against age agency agenda agent aggravate aggregate aggression aggressive aggressor
aghast agile agitate aglow agnostic ago agonise agonize agony agree agricultural agriculture aground ah ahead ahoy aid
aide ail aim air airborne aircraft airfield airline airmail airplane airport airstrip airtight airy aisle ajar akin
alarm alas albeit albino album alcohol alcoholic alcove ale alert alga algae algebra algebraic algorithm alias alibi
alien alienate alight align alike alimony alkali alkaline all allay allege allegiance allegorical allegory allergic
allergy alleviate alley alliance alligator allocate allot allow allowance alloy allude allure allusion ally almanac
almighty almond almost alms aloft alone along alongside aloof aloud alpha alphabet alphabetic alphanumeric already
also altar alter alternate although altitude alto altogether altruism altruistic aluminium aluminum always am
amalgamate amass amateur amaze ambassador amber ambiance ambidextrous ambience ambient ambiguity ambiguous ambition
ambitious ambivalence ambivalent amble ambulance ambush amen amend amethyst amiable amicable amid amidst amiss ammonia
ammunition amnesia amnesty amoeba amoebae amok among amongst amorous amorphous amount amp ampere ampersand amphetamine
amphibian amphibious amphitheater amphitheatre ample amplification amplify amplitude amputate amulet amuse an
anachronism anaemia anaemic anaesthesia anaesthetic anagram analgesic analog analogous analogue analogy analyse
analysis analyst analytic analyze anarchic anarchism anarchist anarchy anathema anatomical anatomy ancestor ancestral
ancestry anchor anchorage anchovy ancient and android anecdote anemia anemic anesthesia anesthetic anew angel angelic
anger angle angry angst anguish angular animal animate animosity ankle annals annex annihilate anniversary annotate
announce annoy annoyance annual annuity annul anoint anomalous anomaly anon anonymity anonymous anorak another answer
ant antagonise antagonism antagonist antagonistic antagonize anteater antelope antenna antennae anthem anthill
anthology anthrax anthropological anthropologist anthropology antibiotic antibody antic anticipate anticlimax antidote
antifreeze antipathy antiquate antique antiseptic antisocial antitheses antithesis antler antonym anus anvil anxiety
anxious any anybody anyhow anyone anyplace anything anyway anywhere aorta apart apartheid apathetic apathy ape
aperture apex aphorism api apiece aplomb apocryphal apologetic apologise apologize apology apostle apostrophe app
appal appall apparatus apparel apparent apparition appeal appear appearance appease append appendage appendices
appendicitis appendix appetiser appetising appetite appetizer appetizing applaud applause apple appliance applicable
applicant application applicator apply appoint appointee apposite appraisal appraise appreciable appreciate apprehend
apprehension apprehensive apprentice approach appropriate approval approve approximate apps apricot apron apt aptitude
aquamarine aquarium aquatic aqueduct arbiter arbitrary arbitrate arbor arbour arc arcade arcane arch archaeological
archaeologist archaeology archaic archbishop archery archetypal archipelago architect architectural architecture
archway ardent ardor ardour arduous are area arena argue argument argumentative aria arid arise arisen aristocracy
aristocrat aristocratic arithmetic ark arm armadillo armament armchair armistice armory armour armoury armpit army
aroma aromatic arose around arouse arraign arrange array arrears arrest arrival arrive arrogance arrogant arrow arse
arsenal arsenic arson art artefact arterial artery arthritic arthritis artichoke article articulate artifact artifice
artificial artillery artisan artistic artistry artwork as asbestos ascend ascension ascent ascertain ascetic ascribe
asexual ash ashamed ashcan ashen ashore ashtray aside ask askance askew asleep asparagus aspect aspen aspersion
asphalt asphyxiate aspirant aspire aspirin assail assailant assassin assassinate assault assemble assent assert
assessments assessors asset assign assimilate assistance assistant associate assort assume assumption assurance assure
asterisk asteroid asthma astonish astound astray astride astringent astrological astrology astronaut astronomer
astronomical astronomy astute asylum asymmetry asynchronous at ate atheism atheist atheistic athlete athletic atlas
atmosphere atmospheric atom atomic atone atrocious atrocity attach attack attain attempt attend attendance attendant
attention attentive attest attic attire attitude attorney attract attribute auburn auction auctioneer audacious
audacity audible audience audio audit auditorium auditory augment august aunt aura aural auspicious austere authentic
authenticate author authorise authoritarian authoritative authorize auto autobiographical autobiography autocracy
autocrat autocratic autograph automate automatic automobile automotive autonomous autonomy autopsy autumn auxiliary
avail avalanche avarice avaricious avenge avenue average averse avert aviation aviator avid avocado avoid avoidance
avow await awake awaken award aware away awe awesome awful awhile awkward awning awoke awoken awry ax axe axiom
axiomatic axis axle aye azalea azure babble babe baboon baby bachelor back backbone backend backfire backgammon
background backhand backlash backlog backpack backside backslash backspace backstage backtrack backward backwoods
bacon bacteria bacterial bacterium bad bade badge badminton baffle bag bagel baggage baggy bail bait bake bakery
balance balcony bald bale balk ball ballad ballast ballerina ballet ballistics balloon ballot ballroom balm balmy
baloney bamboo bamboozle ban banana band bandage bandanna bandit bandstand bandwagon bandwidth bandy bang bani banjo
bank banknote bankrupt bankruptcy banquet banter baptise baptism baptize bar barb barbarian barbaric barbarous
barbecue barbiturate bard bare bareback barefoot bargain barge baritone bark barley barman barn barnacle barnyard
barometer baron baroque barrage barrel barren barrette barricade barrier bartender barter base baseball baseline bash
basic basil basin basis bask basket basketball bass bassoon bastard baste bat batch bath bathe bathroom bathtub baton
batsman battery battle battlefield baud baulk bawdy bawl bay bayonet bayou bazaar be beach beacon bead beady beagle
beak beam bean bear beard beast beat beaten beautician beautiful beautify beauty beaver became because beckon become
bed bedbug bedclothes bedlam bedridden bedrock bedroom bedside bedspread bedtime bee beech beef beefy beehive been
beeper beeswax beet beetle beeves befall befallen befell befit before beforehand befriend beg began beggar begin
begrudge beguile begun behalf behalves behave behavior behaviour behead beheld behind behold beige belabor belabour
belated belch belfry belie belief believe belittle bell bellboy bellhop belligerent bellow belly belong beloved below
belt bemoan bemuse bench bend beneath benediction benefactor beneficial beneficiary benefit benevolence benevolent
benighted benign bent bequeath bequest bereave bereft beret berry berserk berth beseech beset beside besiege besought
best bestial bestow bet beta betcha betray betrothal between beverage beware bewilder bewitch beyond bias bib bible
biblical bibliographic bibliography bicentennial bicker bicycle bid bidden bide biennial bifocals big bigamist
bigamous bigamy bigot bigotry bike bikini bilateral bile bilingual bill billboard billfold billiards billow bin binary
bind bingo binomial biochemical biochemistry biodegradable biographer biographical biography biological biologist
biology bipartisan biped biplane birch bird birdcage birth birthday birthmark birthplace biscuit bisect bisexual
bishop bison bit bitch bite bitmap bitten bittersweet bizarre blab black blackberry blackbird blackboard blacken
blackhead blackjack blacklist blackmail blackout blacksmith blacktop bladder blade blame blanch blancmange bland blank
blanket blare blaspheme blasphemous blasphemy blast blatant blaze bleach bleak bleary bleat bled bleed blemish blend
bless blew blight blimp blind blindfold blink blip bliss blister blithe blitz blizzard blob bloc block blockade
blockage blockbuster blockhead blog blond blonde blood bloodhound bloodshed bloodshot bloodstream bloodthirsty bloody
bloom blossom blot blotch blouse blow blown blowout blowtorch blubber bludgeon blue bluebell blueberry bluebird
bluegrass blueprint bluff blunder blunt blur blurb blurt blush bluster boa boar board boardwalk boast boat bob bobbin
bobcat bobsled bode bodice body bodyguard bodywork bog boggle bogus boil boisterous bold bologna bolster bolt bomb
bombard bond bondage bone bonfire bonnet bonus bony boo booby book bookcase bookend bookkeeper bookkeeping booklet
bookmark bookshelf bookshop bookstore bookworm boom boomerang boon boor boost boot bootee booth bootleg bootstrap
booty booze bop border borderline bore boredom born borne borough borrow bosom boss bossy botanical botanist botany
botch both bothersome bottle bottleneck bottom bough bought boulder boulevard bounce bound boundary bountiful bounty
bouquet bourbon bourgeois bourgeoisie bout boutique bovine bow bowel bowl bowlegged box boxcar boy boycott boyfriend
boyhood bra brace bracelet bracket brackish brag braggart braid brain brainstorm brainwash brainy braise brake bran
branch brand brandy brash brassiere brassy brat bravado brave bravery bravo brawl brawn brawny bray brazen brazier
breach bread breadth breadwinner break breakdown breakfast breakneck breakpoints breakthrough breakwater breast breath
breathe breathtaking bred breed breeze breezy brethren brevity brew brewery bribe bribery brick bricklayer bridal
bride bridegroom bridesmaid bridge bridle brief briefcase brigade bright brighten brilliance brilliant brim brimstone
brine bring brink briny brisk bristle britches brittle broach broad broadcast broaden broadside brocade broccoli
brochure broil broke broken bronchitis bronco bronze brooch brood brook broom broth brotherhood brought brow browbeat
browbeaten brown brownie browse bruise brunch brunette brunt brush brusque brutal brute brutish bubble buck bucket
buckle bud buddy budge budget buff buffalo buffet buffoon bug buggy bugle build built bulb bulbous bulge bulk bulky
bull bulldog bulldoze bullet bulletin bullfight bullfrog bully bum bumblebee bump bumpy bun bunch bundle bung bungalow
bungle bunk bunny buoy buoyancy buoyant burble burden burdensome bureau bureaucracy bureaucrat bureaucratic burger
burglar burglary burgle burial burlap burly burn burnt burp burr burro burrow bursar burst bury bus bush bushel bushy
businessman businessmen businesswoman businesswomen bust bustle busy busybody but butcher butchery butler butt butte
buttercup butterfly buttermilk butterscotch buttery buttock button buttonhole buttress buxom buy buzz buzzard by bye
bygone bypass bystander byte byway cab cabaret cabbage cabin cabinet cable caboose cacao cache cackle cacti cactus cad
caddie caddying cadence cadet cafeteria caffeine cage cagey cagier cagiest cajole cake calamity calcium calculate
calculi calculus calendar calf caliber calibrate calibre calico calk call calligraphy callous callow callus calm
calorie calve cam camaraderie came camel cameo camera camouflage camp campaign campus can canary cancel cancer candid
candidacy candidate candle candlestick candor candour candy cane canine canker cannery cannibal cannon cannot canny
canoe canon canonical canopy cant cantaloupe cantankerous canteen canvas canyon cap capacitance capacitor capacity
cape capillary capital capitalise capitalize capitulate caprice capricious capsize capsule captain caption captivate
captive captor capture car caramel carat caravan carbohydrate carbon carburetor carburettor carcass carcinogenic card
cardboard cardiac cardigan cardinal care carefree caretaker cargo caribou caricature carnage carnal carnation carnival
carnivore carnivorous carol carouse carp carpenter carpentry carpet carriage carriageway carrot carry cart cartel
cartilage cartographer cartography carton cartoon cartridge cartwheel carve cascade case cash cashew cashier cashmere
casino cask casket casserole cassette cast castaway caste castigate castle castoff castrate casual casualty cat
cataclysm cataclysmic catalog catalogue catapult cataract catastrophe catastrophic catcall catch catchy catechism
categorical categorise categorize category caterpillar catfish cathedral catholic catnap catnip cattle catwalk caucus
caught cauliflower caulk causal cause causeway caustic caution cautious cavalier cavalry cave caveat cavern caviar
cavort caw cease ceasefire cedar cede ceiling celebrate celebrity celery celestial celibacy celibate cell cellar cello
cellophane cellular cellulose cement cemetery censor censure census cent centennial centerpiece centimeter centimetre
centipede central centralise centralize centre centrepiece centrifuge century ceramic cereal cerebral ceremonial
ceremonious ceremony certain certainty certificate certify cervical cessation chafe chaff chagrin chain chainsaw chair
chairman chairmen chairperson chalet chalice chalk chalky challenge chamber chameleon champ champagne chance
chancellor chandelier change changeover channel chant chaos chaotic chap chapel chaperon chaperone chaplain chapter
char character characterise characteristic characterize charcoal charge chariot charisma charismatic charitable
charlatan charm chart chase chasm chassis chaste chasten chastise chat chatterbox chatty chauffeur chauvinist cheap
cheapen cheat check checkout checkpoint checkup cheek cheep cheer cheery cheese cheesecloth cheetah chef chemical
chemist chemistry cheque cherish cherry cherub cherubim chess chest chestnut chew chewy chi chic chick chicken chide
chief chieftain child childbirth childhood children chili chill chilli chilly chime chimney chimp chimpanzee chin
china chink chintz chip chipmunk chiropractor chirp chisel chivalrous chivalry chlorine chloroform chlorophyll
chocolate choice choir choke cholera cholesterol choose choosy chop choppy choral chord chore choreographer
choreography chortle chorus chose chosen chow chowder christen chrome chromium chromosome chronic chronicle
chronological chronology chrysanthemum chubby chuck chuckle chug chum chummy chunk chunky church churn chute cider
cigar cigarette cinch cinder cinema cinnamon cipher circa circle circuit circuitous circuitry circular circulate
circulatory circumcise circumference circumflex circumstance circumstantial circumvent circus cistern cite citizen
citric citrus city civic civil civilian civilise civilize clack clad claim clairvoyance clairvoyant clam clamber
clammy clamour clamp clan clandestine clang clank clap claptrap claret clarification clarify clarinet clarity clash
clasp class classic classification classify classmate classroom classy clatter clause claustrophobia claw clay clean
cleanse clear clearance cleat cleavage cleave clef cleft clemency clench clergy clergyman clergymen cleric clerk
clever click client cliff climactic climate climax climb clime clinch cling clinic clink clip clipboard clique
clitoris cloak clock clockwise clockwork clod clog cloister clone close closet closure clot cloth clothe clothespin
cloud cloudburst cloudy clout clove cloven clown club clubhouse cluck clue clump clumsy clung cluster clutch clutter
coach coagulate coal coalesce coalition coarsen coast coastline coat coax cob cobalt cobble cobweb cocaine cock
cockeyed cockpit cockroach cocktail cocky cocoa cocoon cod code coerce coffee coffer coffin cog cogency cognac
cognitive coherence coherent coil coin coincide coke cold colic collaborate collage collapse collapsible collar
collarbone collate colleague collect college collegiate collide collie collision colloquial collusion colon colonel
colonial colonise colonize colony color colour colt column coma comb combat combatant combine combustible combustion
come comeback comedy comestible comfort comic comma command commandant commandeer commando commemorate commence
commend comment commentary commentator commerce commercial commercialise commercialize commiserate commission commit
committee commodity commodore common commonplace commonwealth commotion communal commune communicable communicate
communique communism communist commutative commute compact companion company comparative compare comparison
compartment compass compassionate compatibility compatible compatriot compel compensate compete competence competent
competition competitive competitor compile complacency complacent complain complaint complement complementary complete
complex compliance compliant complicate compliment complimentary comply component compose composite compost composure
compound comprehend comprehensible comprehension comprehensive compress comprise compromise compulsion compulsive
compulsory compunction compute computerise computerize comrade con concatenate concave conceal concede conceit
conceive concentrate concentric concept conceptual concern concert concerto concession conciliate concise conclude
conclusion conclusive concoct concord concordance concourse concrete concur concurrence concurrency concurrent
concussion condemn condense condescend condiment condition condolence condom condominium condone condor conducive
conduct cone confection confederacy confederate confer conference confess confetti confidant confide confidence
confident confidential configure confine confirm confiscate conflict conform confound confront confuse congeal
congenial congest conglomerate congratulate congregate congress congressman congressmen congresswoman congresswomen
congruent conical conifer coniferous conjecture conjugal conjugate conjunction conjure connect connoisseur connote
conquer conquest conscience conscientious conscious consecrate consecutive consensus consent consequence consequent
consequential conservatism conservative conservatory conserve consider considerate consign consistency consistent
console consolidate consonant consort consortium conspicuous conspiracy conspirator conspire constancy constant
constellation consternation constipation constituency constituent constitute constrain constraint constrict construct
construe consul consular consulate consult consultancy consultant consume consummate consumption contact contagion
contagious contain contaminate contemplate contemporary contempt contemptible contemptuous contend content contentious
contest contestant context contextual contiguous continent contingency contingent continual continue continuous
continuum contort contour contraband contraception contraceptive contract contractual contradict contradictory
contraption contrary contrast contravene contravention contribute contributory contrite contrive control controversial
controversy convalesce convalescence convalescent convection convene convenience convenient convent converge
convergence conversant converse convert convertible convex convey conveyance convict convince convoluted convoy
convulse coo cook cookbook cookie cool coop coordinate cop cope copperhead copulate copy copyright coral cord cordial
cordon corduroy core cork corkscrew corn cornea cornet cornflakes cornmeal cornstarch corny corollary coronary
coronation coroner corporal corporate corps corpse corpulent corpus corpuscle corral correct correlate correspond
correspondence correspondent corridor corroborate corrode corrosion corrosive corrupt corruptible corsage corset
cortex cosmetic cosmic cosmology cosmonaut cosmopolitan cosmos cost costume cosy cot cottage cotton cottontail
cottonwood couch cougar could council counsel count countdown countenance counterfeit countryman countrymen
countryside county coup couple courage courageous courier course court courteous courtesy courthouse courtroom
courtyard cousin cove covenant coverage covert covetous cow cowardice cowboy cowgirl cowhide cox coy coyote cozy crab
crabby crack crackle crackpot cradle craft craftsman craftsmen crafty crag craggy cram cramp cranberry crane cranium
crank cranky crap crash crass crate crave crawl crayfish crayon craze crazy creak creaky cream creamy crease create
creature credence credential credibility credible credit credulous creed creek creep creepy cremate crepe crept
crescendo crescent crest crestfallen cretin cretinous crevasse crevice crew crib cricket crime criminal crimson cringe
crinkle cripple crises crisis crisp crispy crisscross criteria criterion critic criticise criticize critique croak
crochet crock crockery crocodile crocus crofts crony crook croon crop croquet cross crossbow crossroad crosswalk
crossword crotch crouch crow crowbar crowd crowdfunding crown crucial crucifix crucify crude cruel cruelty cruise
crumb crumble crummy crumple crunch crunchy crusade crush crust crustacean crusty crutch crux cry crybaby crypt
cryptic crystal crystallise crystallize cs cub cube cubic cubicle cuckoo cucumber cuddle cuddly cue cuff cuisine
culinary cull culminate culpable culprit cult cultivate cultural culture cumbersome cumming cums cumulative cunning
cup cupboard cur curator curb curd curdle cure curfew curio curious curl currant currency current curricula curriculum
curry curse cursory curt curtail curtain curtsy curvature curve cushion custard custodian custody custom customary
customise customize cut cutback cute cuticle cutlery cutlet cutthroat cyanide cybernetics cycle cyclic cyclist cyclone
cylinder cylindrical cymbal cynic cypress cyst czar dab dabble dachshund dad daddy daemon daffodil daft dagger dainty
dairy dais daisy dally dam damage dame damn damp dampen damsel dance dandelion dandruff dandy danger dangerous dangle
dank dapper dare daredevil dark darken darling darn dart dash dashboard dastardly data database date datum daub
daughter daunt dawdle dawn day daybreak daydream daylight daytime daze dazzle deacon dead deaden deadline deadlock
deaf deal dealt dean dear dearth death deathbed deaves debase debate debauchery debilitate debility debit debonair
debrief debris debt debug debunk debut decade decadence decadent decanter decapitate decay decease deceit deceive
decency decent decentralise decentralize deception deceptive decibel decide deciduous decimal decimate decipher
decision decisive deck declare declension decline decode decompose decomposition decorate decorous decorum decoy
decrease decree decrepit decry dedicate deduce deduct deed deem deep deepen deer deface defamatory defame default
defeat defecate defect defence defend defendant defense defensible defer deference deferential defiance defiant
deficiency deficient deficit defile define definite deflate deflect deform defraud defrost deft defunct defy
degenerate degrade degree dehydrate deify deign deity deject delay delectable delegate delete deleterious deli
deliberate delicacy delicate delicatessen delicious delight delimit delinquency delinquent delirious delirium deliver
deliverance delivery delta delude deluge delusion deluxe delve demagogue demand demean demeanour demented dementia
demerit demise democracy democrat democratic demolish demolition demon demonstrably demonstrate demoralise demoralize
demote demount demure den denial denigrate denim denomination denominator denote denounce dense dent dentistry
denunciation deny deodorant deodorise deodorize depart departure depend dependant dependence dependency dependent
depict deplete deplore deport depose deposit depot deprave deprecate depreciate depress deprive depth deputy derail
derange derelict deride derision derivative derive derogatory derrick descend descendant descendent descent describe
description descriptive descriptor desecrate desegregation desert deserve design designate desire desirous desist desk
desktop desolate despair desperate despicable despise despite despondent despot despotic dessert destabilise
destabilize destine destiny destitute destroy destruction destructive detach detail detain detect detention deter
detergent deteriorate determine determinism deterministic deterrent detest dethrone detonate detour detract detriment
devalue devastate develop deviant deviate device devil devious devise devoid devolution devolve devote devotee devour
devout dew dexterity dexterous diabetes diabetic diabolical diagnose diagnosis diagnostic diagonal diagram dial
dialect dialog dialogue diameter diametrically diamond diaper diaphragm diarrhea diarrhoea diary diatribe dice dictate
dictatorial diction dictionary did die diesel diet dietary differ difference different differential differentiate
difficult difficulty diffuse dig digestible digit digitise digitize dignify dignitary dignity digress dike dilapidated
dilate dilemma diligence diligent dill dilute dim dime dimension diminish diminutive dimple din dine dinghy dingy
dinosaur diocese dioxide dip diphtheria diphthong diploma diplomacy diplomat diplomata diplomatic dire direct
directory dirge dirt dirty disambiguate disaster disastrous disburse disc discern discernible disciple disciplinarian
disciplinary discipline disco disconsolate discordant discreet discrepancy discrete discretionary discriminate
discriminatory discus disdain disgruntle dish dishwasher disinfectant disingenuous disk dismal disparage disparate
dispel dispensary dispense disperse disposal dispute disrupt disseminate dissertation dissident dissipate dissociate
dissolute dissonance dissuade distance distant distil distillery distinct distinguish distort distraught distress
district disturb disturbance ditch dither ditto ditty dive diverge divergence divergent diverse diversify divert
divide dividend divine divisible division divisive divisor divorce divulge dizzy do docile dock doctor doctorate
doctrine document documentary dodge dodo doe dog doggerel doghouse dogma dogmatic dogwood doily doldrums dole doll
dollar dolly dolphin domain dome domestic domesticate domicile dominance dominant dominate dominion domino don donate
done donkey doodle doom doorman doormen doorstep doorway dope dopey dopier dopiest dormant dormitory dorsal dose dot
dote double doubt dough doughnut dour douse dove dowdy down downcast downfall downgrade downhearted downhill downpour
downright downstairs downstream downtown downward downy dowry doze dozen drab draconian draft draftsman draftsmen
drafty drag dragon dragonfly drain drainage drama dramatic dramatise dramatist dramatize drank drape drapery drastic
draught draughtsman draughtsmen draughty draw drawback drawbridge drawl drawn dread dream dreamt dreamy dreary dredge
dregs drench dress dressmaker dressy drew dribble drift driftwood drill drink drip drive drivel driven driveway
drizzle droll drone drool droop drop dropout dross drought drove drown drowse drowsy drudge drudgery drug drugstore
drum drumstick drunk drunkard drunken dry dual dub dubious duchess duck duckling duct dud dude due duel duet duff dug
dugout duke dull dully duly dumb dumbbell dumbfound dummy dump dumpling dumpster dumpy dunce dune dung dungeon dunk
dunno duo dupe duplex duplicate duplicity durable duration duress during dusk dusky dust dustbin dustmen dustpan dusty
dutiful duty duvet dwarf dwell dwelt dwindle dye dyked dyking dynamic dynamite dynamo dynasty dysentery dyslexia each
eager eagle ear earache eardrum earl earmark earn earshot earth earthquake earthworm earthy ease easel east eastern
eastward easy easygoing eat eaten eave eavesdrop ebb ebony ebook eccentric ecclesiastical echo eclectic eclipse
ecological ecologist ecology economic economise economist economize economy ecosystem ecstasy ecstatic ecumenical
eczema eddy edge edgewise edgy edible edict edifice edit editorial educate eel eerie effect effectual effeminate
effervescent efficiency efficient effigy effort effusive egalitarian egg eggplant ego egocentric egotism egotist eh
eigenvalue eight eighteen eighteenth eighth eightieth eighty either ejaculate eject eke elaborate elapse elastic
elation elbow elder eldest elect electorate electric electrician electrify electrocute electrode electrolysis
electromagnetic electron electronic electrostatic elegance elegant elegy element elementary elephant elevate eleven
eleventh elf elicit eligibility eligible eliminate elite elitism elitist elk ellipse ellipsis elliptic elm elongate
elope eloquence eloquent else elsewhere elucidate elude elusive elves em email emanate emancipate embalm embankment
embargo embark embarrass embassy embed embellish ember embezzle embitter emblem embodiment embody emboss embrace
embroider embroidery embryo embryonic emerald emerge emergence emergency emergent emigrant emigrate eminence eminent
emir emissary emission emit emoji emotion emotive empathy emperor emphases emphasis emphasise emphasize emphatic
emphysema empire empirical employ employee emporium empower empress empty emulate emulsion enable enact enamel
encapsulate encase enchant encircle enclose enclosure encode encompass encore encounter encourage encroach encrypted
encryption encumber encumbrance encyclopaedia encyclopedia end endanger endear endeavor endeavour endemic endorse
endow endurance endure endways enema enemy energetic energy enforce engage engender engine engrave engross engulf
enhance enigma enigmatic enjoy enlarge enlighten enlist enliven enmity enormity enormous enough enquire enquiry enrage
enrich enrol enroll ensemble enshrine ensign enslave ensue ensure entail entangle enter enterprise entertain enthral
enthrall enthusiasm enthusiast enthusiastic entice entire entirety entitle entity entomologist entomology entrails
entrance entrant entrap entreat entreaty entrench entropy entrust entry entwine enumerate enunciate envelop envelope
enviable envious environment environs envisage envoy envy enzyme eon epaulet epaulette ephemeral epic epidemic
epidermis epilepsy epileptic epilogue episode epitaph epithet epitome epoch epsilon equal equalise equalize equanimity
equate equatorial equestrian equilateral equilibrium equine equinox equip equitable equity equivalence equivalent
equivocal era eradicate erase erasure erect ergo ergonomic erode erosion erotic err errand errant erratic erroneous
erstwhile erudite erupt escalate escapade escape escapism escort esophagi esophagus esoteric especial espionage essay
essence essential establish estate esteem estimate estrangement etch eternal eternity ether ethereal ethic ethnic
ethos etiquette etymological etymology eulogise eulogize eulogy euphemism eureka euthanasia evacuate evade evaluate
evangelical evangelism evangelist evangelistic evaporate evasion evasive eve even event eventual evergreen everlasting
evermore every everybody everyday everyone everything everywhere evict evidence evident evil evocative evoke evolution
evolutionary evolve ewe exacerbate exact exaggerate exalt exam examine example exasperate excavate exceed excel
excellence excellent except excerpt excess exchange excise excite exclaim exclamation exclude exclusion exclusive
excommunicate excrement excrete excruciating excursion excuse execute exemplary exemplify exempt exercise exert exhale
exhaust exhibit exhilarate exhort exhume exile exist existence existent existential exit exodus exonerate exorbitant
exotic expand expanse expatriate expect expectancy expectant expediency expedient expedite expel expend expenditure
expense experience experiment expert expertise expire expiry explain explanation explanatory expletive explicable
explicit explode exploit explore explosion explosive exponent exponential export expose exposition exposure expound
express expressway expulsion exquisite extant extemporaneous extend extension extensive extent exterior exterminate
external extinct extinguish extol extort extortionate extra extract extracurricular extradite extraneous extraordinary
extrapolate extraterrestrial extravagance extravagant extreme extremist extricate extrovert exuberance exuberant exude
exult exultant eye eyeball eyebrow eyelash eyelid eyesight eyesore eyewitness fable fabric fabricate fabulous facade
face facet facetious facial facile facilitate facsimile fact factorial factorisation factorization factory factual
faculty fad fade faeces faggot fagot fail failure faint fair fairy faith fake falcon fall fallacious fallacy fallen
fallible fallout false falsehood falsetto falsification falsify falter fame familiar familiarise familiarize family
famine famous fan fanatic fanciful fancy fanfare fang fantastic fantasy far faraway farce fare farewell farm farmland
farther farthest fascinate fascism fascist fashion fast fasten fastidious fat fatalistic fate father fatherhood
fatherland fathom fatigue
"""
