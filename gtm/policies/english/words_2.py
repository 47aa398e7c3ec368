"""English words from “fatten” to “pie”; `gtm.policies.english` says where they come from."""

TEXT = """
fatten fatty fatuous faucet fault faulty fauna favor favorite favoritism favour favourite favouritism fawn faze fear
fearsome feasibility feasible feast feat feather feathery feature feces fed federalists fee feeble feedback feel feet
feign feint feline fell fellow felon felony felt female feminine feminism feminist fen fence fend ferment fern
ferocious ferocity ferret ferry fertile fertilise fertilize fervent fervor fervour fester festival festive festoon
fetch feted fetid feting fetish fetter fetus feud fever few fez fiasco fib fiberglass fibre fibreglass fiche fickle
fiction fictitious fiddle fiddly fidelity fidget fidgety field fiend fierce fiery fiesta fifteen fifteenth fifth
fiftieth fifty fig fight figurative figure figurehead filament filch file filet fill fillet filly film filmy filter
filth filthy fin finale finalise finalize finance financial financier finch find fine finesse finger fingernail
fingerprint fingertip finicky finite fir fire firearm firecracker firefighter firefly fireman firemen fireplace
fireproof fireside firewood firework firm firmware first firsthand fiscal fish fisherman fishermen fishery fishy
fission fissure fist fit five fix fixture fizz fizzle fizzy flabby flag flagpole flagrant flagstone flail flair flak
flake flaky flamboyance flamboyant flame flamingo flammable flank flannel flap flapjack flare flash flashback
flashlight flashy flask flat flatten flattery flaunt flautist flavor flavour flaw flea fleck fled fledged fledgling
flee fleece fleecy fleet flesh fleshy flew flex flexibility flexible flick flight flighty flimsy flinch fling flint
flip flippant flirt flirtatious flit float flock flog flood floodlight floor flop floppy flora floral florid florist
floss flotilla flounce flounder flour flout flow flowery flown flu fluctuate flue fluency fluent fluff fluffy fluid
fluke flung flunk flunky fluorescent flurry flush fluster flute flutist flutter flux fly flyover foal foam foamy focal
focus fodder foe fog fogey foggy foghorn fogy foible foil foist fold foliage folk folklore folksy follow folly foment
fond fondle font food foodstuff fool foolhardy foolproof foot footage football foothill foothold footlights footnote
footpath footprint footstep footstool footwear footwork for forage foray forbade forbear forbearance forbid forbidden
forbore forborne force forceps forcible ford fore forearm forebode forecast forefather forefinger forefront forego
foregone foreground forehead foreign foreleg foreman foremen foremost forensic foreplay forerunner foresaw foresee
foreseen foreshadow foresight foreskin forestall forestry foretaste foretell forethought foretold forever forewarn
forewent foreword forfeit forgave forge forgery forget forgiven forgo forgone forgot forgotten fork forlorn form
formalise formalize format formidable formula formulae formulate fornication forsake forsaken forsook forswear
forswore forsworn fort forte forth forthcoming forthright forthwith fortieth fortification fortify fortitude fortnight
fortress fortuitous fortunate fortune forty forum forward forwent fossil fossilise fossilize foster fought foul found
foundling foundry fount fountain four fourteen fourteenth fourth fowl fox foxy foyer fracas fractal fraction fracture
fragile fragment fragmentary fragrance fragrant frail frailty frame framework franc franchise frank frankfurter
frantic fraternal fraternise fraternity fraternize fraud fraudulent fraught fray freak freckle free freedom freehand
freelance freeway freeze freight french frenzy frequency frequent fresh freshen freshman freshmen freshwater fret
friar friction friend frieze frigate fright frighten frigid frill frilly fringe frisk frisky fritter frivolity
frivolous frizzy fro frock frog frolic frolicked frolicking from frond front frontage frontend frontier frost frostbit
frostbite frostbitten frosty froth frothy frown froze frozen frugal fruit fruity frustrate fry fudge fuel fugitive
fulcrum fulfil fulfill full fully fumble fume fumigate fun function fund fundamental fungi fungicide fungus funnel
funny fur furious furl furlong furlough furnace furnish furniture furore furrow furry further furthermore furthest
furtive fury fuse fuselage fuss fussy futile future futuristic fuzz fuzzy gab gable gadget gag gaiety gain gait gal
gala galactic galaxy gale gall gallant gallantry gallery galley gallivant gallon gallop gallows galore galvanise
galvanize gambit gamble game gamma gamut gander gang gangling gangplank gangrene gangster gangway gap gape garage garb
garbage garble garden gardenia gargle gargoyle garish garland garlic garment garnet garnish garret garrison garrulous
garter gas gaseous gash gasket gasoline gasp gastric gate gateway gather gaudy gauge gaunt gauntlet gauze gave gavel
gawk gawky gay gaze gazelle gazette gear gee geese gel gelatin geld gem gender gene genealogical genealogy genera
generalise generalize generate generic generosity generous genesis genetic genial genie genii genital genius genocide
genre gent gentile gentle gentleman gentlemen gentry genuine genus geographic geography geological geologist geology
geometric geometry geranium gerbil germ germicide germinate gestation gesticulate gesture get getaway geyser ghastly
ghetto ghost ghoul giant gibber gibe giddy gift gig gigantic giggle gild gill gilt gimme gimmick gin ginger
gingerbread gingham giraffe girder girdle girl girlfriend girlhood girth gist give given gizzard glacial glacier glad
gladden glade gladiator glamorise glamorize glamorous glamour glance gland glandular glare glass glassware glassy
glaze gleam glean glee glen glib glide glimmer glimpse glint glisten glitter gloat global globe globular globule gloom
gloomy glorification glorify glorious glory gloss glossary glossy glove glow glucose glue glum glut glutton gluttony
glycerin glycerine gnarl gnash gnat gnaw gnome gnu go goad goalie goalkeeper goat goatee gob gobble goblet goblin god
godchild godchildren godfather godmother godparent godsend goggle gold golden goldfish goldsmith golf gondola gone
gong gonna goo good goodbye goodnight goodwill goody gooey goof goofy gooier gooiest goon goose gopher gore gorge
gorgeous gorilla gory gosh gosling gospel gossamer gossip got gotten gouge goulash gourd gourmet gout govern gown grab
grace gracious grade gradient gradual graduate graffiti graffito graft grain gram grammar grammatical gramophone grand
grandchild grandchildren granddaughter grandeur grandfather grandiose grandmother grandparent grandson grandstand
granite granny granola grant granular granule grape grapefruit grapevine graph graphic graphite grapple grasp grass
grasshopper grassy grate gratification gratify gratitude gratuitous gratuity grave gravel graven gravestone graveyard
gravitate gravy gray graze grease greasy great greed greedy green greenback greenery greenhorn greenhouse greet
gregarious gremlin grenade grew grey greyhound grid griddle gridiron grief grievance grieve grievous grill grille grim
grimace grime grimy grin grind grindstone grip gripe grisly gristle grit gritty grizzled grizzly groan grocer grocery
groggy groin groom groove groovy grope gross grotesque grotto grouch grouchy ground groundwork group grouse grove
grovel grow growl grown growth groyne grub grubby grudge gruel gruesome gruff grumble grumpy grunt guarantee guarantor
guard guardian gubernatorial guerrilla guess guesswork guest guffaw guidance guide guidebook guideline guild guile
guillotine guilt guilty guinea guise guitar gulch gulf gull gullet gullible gully gulp gum gumdrop gummy gumption gun
gunfire gunman gunmen gunpowder gunshot guppy gurgle guru gush gust gusty gut guy guzzle gybe gym gymnasium gymnast
gymnastics gynaecologist gynaecology gynecologist gynecology gyrate gyroscope ha habit habitat habitual hack hackney
hacksaw had haddock haemoglobin haemophilia haemorrhage hag haggard haggle hail hailstone hair haircut hairdo
hairdresser hairline hairy hale half halfway halibut hall hallelujah hallmark hallucination hallway halo halon halt
halve ham hamburger hamlet hammock hamper hamster hamstring hamstrung hand handbag handbook handcuff handicap
handicraft handiwork handkerchief handle handlebar handmade handout handrail handshake handsome handwriting handy hang
hangar hangout hangover hanker haphazard hapless happen happy harangue harass harbor harbour hard hardback harden
hardliner hardware hardwood hardy hare harebrained harem hark harlot harm harmonic harmonica harmonious harmonise
harmonize harmony harness harp harpoon harpsichord harrow harry harsh hart harvest hash hashtag hassle haste hasten
hasty hat hatch hatchet hate hatred haughty haul haunt have haven havoc hawk hay haystack haywire hazard hazardous
haze hazel hazy he head headache headfirst headland headlight headline headlong headmaster headphone headquarter
headrest headroom headstone headstrong headway heady health healthcare healthy heap hear heard hearsay hearse heart
heartache heartbeat heartbreak heartbroken heartburn hearten heartfelt hearth hearty heat heath heathen heave heaven
heavy heavyweight heckle hectic hedge hedgehog heel hefty heifer height heighten heinous heir heirloom held helicopter
heliport helium hell hello helm helmet help hem hemisphere hemlock hemoglobin hemophilia hemorrhage hemp hen hence
henceforth henchman henchmen hepatitis her herald herb herbivorous herd here hereabouts hereafter hereby hereditary
herein heresy heretic herewith heritage hermaphrodite hermit hernia hero heroic heroin heroine heron herpes herself
hesitancy hesitant hesitate heterogeneous heterosexual heuristic hew hexadecimal hexagon hey heyday hi hiatus
hibernate hiccup hick hickory hid hidden hide hideaway hideous hierarchical hierarchy hieroglyphic high highbrow
highland highlight highway hijack hike hilarious hilarity hill hillbilly hillside hilly hilt him himself hind
hindrance hindsight hinge hint hinterland hip hippie hippopotamus hippy hire histogram historian historic history hit
hitch hitchhike hither hitherto hive ho hoard hoarse hoax hobbit hobble hobby hobbyhorse hobgoblin hobnob hobo hock
hockey hodgepodge hoe hog hold holdup hole holiday holler hollow holly holocaust holster homage home homeland homemade
homesick homespun homestead homeward homework homey homicidal homicide homier homiest homogeneous homogenise
homogenize homonym homophobic homosexual hone honesty honey honeycomb honeymoon honeysuckle honk honorary honour hood
hoodlum hoodwink hoof hook hoop hooray hoot hooves hop hope hopscotch horde horizon horizontal hormone horn hornet
horny horoscope horrendous horrible horrid horrific horrify horror horse horseback horseman horseplay horsepower
horseradish horseshoe horticultural horticulture hose hosiery hospitable hospital hospitalise hospitalize host hostage
hostel hostile hot hotbed hotel hothead hound hour hourglass house houseboat household housekeeper housewarming
housewife housewives housework hove hovel how however howl hub hubbub huddle hue huff huffy hug huge huh hulk hull
hullabaloo hum human humane humanise humanitarian humanize humble humbug humdrum humid humidify humiliate humility
hummingbird humorous humour hump hunch hunchback hundred hundredth hung hungry hunk hunt hurdle hurl hurrah hurricane
hurry hurt hurtle husband hush husk husky hustle hut hutch hyacinth hybrid hydrant hydraulic hydroelectric hydrogen
hydroplane hyena hygiene hygienic hymn hyperbole hypertension hyphen hyphenate hypnosis hypnotic hypnotise hypnotism
hypnotist hypnotize hypochondria hypochondriac hypocrisy hypocrite hypocritical hypotenuse hypotheses hypothesis
hypothesise hypothesize hypothetical hysteria hysteric ice iceberg icebreaker icicle icon icy id idea ideal idealise
idealistic idealize identical identifiable identification identify identity ideological ideology idiocy idiom
idiomatic idiosyncrasy idiosyncratic idiot idiotic idle idol idolise idolize idyllic if igloo ignite ignorance
ignorant ignore iguana ilk ill illegal illegible illegitimate illicit illiteracy illiterate illogical illuminate
illusion illusory illustrate illustrious imagery imaginary imaginative imagine imbecile imitate immaculate immense
immerse imminent immune immunise immunize imp impasse impeccable impedance impede impediment impel impend impenetrable
imperative imperial impersonate impertinence impervious impetuous impetus impinge implement implicate implicit implore
importance important impotence impoverish impregnable impregnate improbabilities impromptu improvise impudence
impudent in inadequacy inadvertent inane inasmuch inaugural inaugurate incalculable incandescence incandescent
incapacitate incarcerate incarnate incendiary incense inception incessant incest incestuous inch incidence incident
incinerate incision incisive incisor incline include inclusion inclusive incognito incongruity incongruous
incorrigible incredulity increment incriminate incubate incumbent indelible indestructible indeterminate index
indicate indict indigenous indignant indignation indigo individual indoctrinate indolence indolent indomitable induce
indulge indulgence indulgent industrial industrialise industrialize industrious industry inept ineptitude inert
inertia inertial inevitable inexhaustible inexorable inextricably infamy infant infantile infantry infatuation infect
infectious infelicity infer inference inferior inferno infest infidel infiltrate infinitesimal infirmary inflammation
inflammatory inflate inflationary inflection inflict influence influential influenza info informant infrared
infrastructure infuriate ingenious ingenuity ingest ingratiate ingredient inhabitant inherent inherit inheritance
inhibit initial initialise initialize initiate inject injure injurious ink inkling inky inn innards innate innermost
innkeeper innocence innocent innocuous innovation innovative innuendo innumerable inoculate inordinate inquire inquiry
inquisition inquisitive insatiable inscrutable insecticide inseparable insert insidious insignia insinuate insipid
insistence insistent insofar insolence insolent insolvency insomnia inspect instalment instant instantaneous instead
instigate instil instinct institute institutionalise institutionalize instruct instrument insular insulate insulin
insult insurance insurgent insurrection integer integral integrate integrity intellect intellectual intelligence
intelligent intelligible intensify intentionally inter intercept intercom interfere interference interim interior
interject interlude intermediary intermittent intern interpret interrogate interrupt intersperse interval intervene
intestinal intestine intimacy intimate intimidate into intoxicate intramural intravenous intrepid intricacy intricate
intrigue intrinsic introduce introduction introductory introspective introvert intrude intrusion intrusive intuitive
inundations invade invective inventory invert investigate inveterate invigorate invincible invite invoke involve
iodine ion iota irascible irate ire iridescence iridescent iris irk iron ironic irony irradiate irrational
irreconcilable irrefutable irregular irrelevance irrelevant irreparable irreplaceable irrepressible irreproachable
irresistible irrespective irresponsibility irresponsible irretrievable irreverence irreverent irreversible irrevocable
irrigate irritable irritant irritate is island isle isolate issue isthmus it italic italicise italicize itch itchy
item itemise itemize iterate itinerant itinerary itself ivory ivy jab jack jackass jackdaw jacket jackknife jackknives
jackpot jade jagged jaguar jail jalopy jam jamb jamboree jangle janitor jar jargon jaundice jaunt jaunty javelin jaw
jawbone jay jaywalk jazz jealous jealousy jeans jeer jell jelly jellyfish jeopardise jeopardize jeopardy jerk jerky
jersey jest jet jettison jetty jewel jewellery jewelry jibe jiffy jig jiggle jigsaw jilt jingle jinx jitters jittery
job jockey jocular jog join joint joke jolly jolt jostle jot journal journey jovial joy joyous joystick jubilant
jubilation jubilee judge judgment judicial judiciary judicious judo jug juggernaut juggle jugular juice juicy jumble
jumbo jump jumpy junction juncture jungle junior juniper junk junket junkie junta jurisdiction juror jury just justice
justifiable justification justify jut jute juvenile juxtapose juxtaposition kaleidoscope kangaroo karat karate kayak
keel keen keep keepsake keg kelp ken kennel kept kerb kerchief kernel kerosene ketchup kettle key keyboard keyhole
keynote keystone keystroke keyword khaki kick kickback kickoff kid kidnap kidney kill kiln kilo kilobyte kilogram
kilometer kilometre kilowatt kilt kimono kin kind kinda kindergarten kindle kindred kinfolk king kingdom kingfisher
kink kinky kiosk kipper kiss kit kitchen kitchenette kite kitten kitty kiwi knack knapsack knead knee kneecap kneel
knelt knew knickers knife knight knighthood knit knives knob knock knockout knoll knot knotty know knowledge known
knuckle koala kosher kowtow kudos lab label laboratory laborious labour labyrinth lace lacerate lack lackluster
lacklustre lacquer lacrosse lacy lad lade laden ladle lady ladybug lag laggard lagoon laid lain lair lake lamb lambda
lame lament lamp lampoon lance land landlady landlocked landlord landmark landowner landscape landslid landslide lane
language languid languish languor languorous lanky lantern lap lapel lapse laptop larceny lard large lark larva larvae
larynges laryngitis larynx lascivious laser lash lass last latch late latent latex lath lathe latitude latrine latter
lattice laud laugh laughingstock laughter launch launder laundry laureate laurel lava lavatory lavender lavish law
lawmaker lawn lawsuit lawyer lax laxative lay layman laymen layout lazy leach lead leaden leaf leaflet leafy league
leak leakage leaky lean leap leapfrog leapt learn learnt lease leash least leather leathery leave lectern lecture led
ledge lee leech leek leery leeway left leftmost leg legacy legalise legalistic legalize legend legendary legibility
legible legislate legislature legitimacy legitimate legume leisure lemme lemon lemonade lend length lengthen
lengthwise lengthy leniency lenient lens lent lentil leopard leotard leper leprosy lesbian lesion less lessen lesson
lest let letdown lethal lethargic lethargy letterhead lettuce letup leukaemia leukemia levee level lever leverage
levity levy lewd lexical lexicon liaison liar libel libellous libelous liberal liberalise liberalize liberate
libertarian liberty librarian library libretto lice licence license lichen lick licorice lid lie lieu lieutenant life
lifeboat lifeforms lifeguard lifeline lifelong lifespan lifestyle lifetime lift ligament ligature light lighten
lighthouse lightning lightweight like likelihood liken likewise lilac lilt lily limb limbo lime limelight limerick
limestone limit limousine limp linchpin line lineage linear linefeed linen linger lingerie lingo linguist linguistic
liniment link linkage linoleum lint lion lip lipstick liquefy liqueur liquid liquidate liquor liquorice lisp list
listen lit litany literacy literary literate literature lithe lithium litigation litre litterbug little liturgical
liturgy live livelihood liven livestock livid lizard llama load loaf loam loan loath loathe loathsome loaves lob lobby
lobe lobotomy lobster local locale localise localize locate lock locket locksmith locomotion locomotive locust lodge
loft lofty log logarithm logarithmic logic logician login logo loin loincloth loiter loll lollipop lone lonesome long
longevity longhand longitude longitudinal longshoreman longshoremen look lookout loom loon loonie loony loop loophole
loose loosen loot lop lope lopsided lord lore lorry lose loss lost lot lottery lotus loud loudspeaker lounge louse
lousy love low lowdown loyal loyalty lozenge lubricant lubricate lucid luck lucky lucrative ludicrous lug luggage
lukewarm lull lullaby lumber lumberjack luminary luminous lump lumpy lunacy lunar lunatic lunch luncheon lunchtime
lung lunge lupin lupine lurch lure lurid lurk luscious lush lust lustre lustrous lusty lute luxuriant luxuriate
luxurious luxury lye lymph lymphatic lynch lyre lyric ma macabre macaroni mace machete machine machinery machinist
macho mackerel macroscopic mad madam madame madcap madden made madhouse madman madmen maelstrom magazine magenta
maggot magic magician magistrate magnanimity magnanimous magnate magnesium magnet magnetic magnetise magnetize
magnificence magnificent magnify magnitude magnolia magnum magpie mahogany maid maiden mail mailbox mailman mailmen
maim main mainframe mainland mainline mainstay mainstream maintain maintenance maize majestic majesty major make
makeshift makeup maladjusted malady malaria male malevolence malevolent malformed malfunction malice malicious malign
malignancy malignant mall mallard malleable mallet malnutrition malpractice malt maltreat mama mamma mammal mammalian
mammoth man manacle manage managerial mandate mandatory mandible mandolin mane maneuver mange mangle mango mangrove
mangy manhandle manhole manhood mania maniac manic manicure manicurist manifest manifesto manifold manipulate mankind
mannequin manoeuvre manpower manslaughter mantel mantelpiece mantle manual manufacture manure manuscript many map
maple mar marathon marble march mare margarine margin maria marigold marijuana marina marinate marine marionette
marital maritime mark market marketplace marksman marksmen marmalade maroon marquee marriage marrow marry marsh
marshmallow marshy marsupial mart martial martin martyr martyrdom marvel marvellous marvelous mascara mascot masculine
mash mask masochist mason masonry masquerade massacre massage mast mastermind masterpiece mastery masticate
masturbation mat matador match matchbook matchmaker mate material materialise materialistic materialize maternal
maternity math mathematical mathematician mathematics matriarch matrices matriculate matrimonial matrimony matrix
matron matt matte mattress mature maudlin maul mausoleum mauve maverick maxim maxima maximise maximize maximum may
maybe mayhem mayonnaise maze me meadow meager meagre mealy mean meander meant meantime meanwhile measles measly
measure meat mechanic mechanise mechanism mechanize medal meddle meddlesome media median mediate medical medicate
medicinal medicine medieval mediocre meditate medium medley meek meet megabyte megalomaniac megaphone megaton
melancholy mellow melodic melodious melodrama melodramatic melody melon melt member membrane memento memo memoir
memorable memorandum memorial memorise memorize memory men menace menagerie mend menial menopause menstrual menstruate
mental menthol mention mentor menu meow mercantile mercenary merchandise merchant merciful merciless mercury mercy
mere merge meridian meringue merit mermaid merriment merry mesdames mesh message messenger messy met metabolic
metabolism metallic metallurgy metamorphose metamorphosis metaphor metaphorical metaphysical metaphysics mete meteoric
meteorite meteorologist meteorology method methodical methodology meticulous metre metric metro metropolis
metropolitan mettle mew mezzanine miaow mice microbe microbiology microcode microcomputer microfiche microfilm
micrometer micrometre microorganism microphone microprocessor microscope microscopic microsecond microwave midday
middle middleman middlemen midget midnight midriff midst midstream midsummer midway midwife midwives mien might mighty
migraine migrant migrate migratory mike mild mildew mile mileage milestone militancy militant military militate
militia milk milkman milkmen milky mill milligram millimeter millimetre milliner millinery millionaire millionth
millisecond mime mimic mimicked mimicking mimicry mince mincemeat mind mindbogglingly mine minefield mingle miniature
minibus minicomputer minimal minimise minimize minimum minister ministerial ministry mink minnow minstrel mint minuet
minus minuscule minute miracle miraculous mirage mire mirror mirth miscellaneous miscellany mischievous miser misery
mishap misnomer misrepresentation misrepresented misrepresenting misrepresents miss misshapen missile missionary mist
mistletoe mistress misty misunderstandings mite mitigate mitt mitten mix mixture mnemonic moan moat mob mobile
mobilise mobilize moccasin mock mockery mockingbird mod mode model moderate modern modernise modernize modesty modicum
modification modify modular modulate module mohair moist moisten moisture molar molasses mold moldy mole molecular
molecule mollify mollusc mollusk molt molten mom moment momentary momentous momentum monarch monarchy monastery
monastic monetarism monetary money mongoose mongrel monies monitor monk monkey monochrome monogamous monogamy monogram
monolithic monologue monopolise monopolize monopoly monorail monosyllable monotonically monotonous monotony monsoon
monster monstrosity monstrous month monument moo mood moody moon moonbeam moonlight moor moose moot mop mope moral
morale morass moratorium morbid more moreover morgue morn moron moronic morose morphine morphology morsel mortal
mortar mortgage mortification mortify mortuary mosaic mosque mosquito moss mossy most motel moth mothball motherhood
motif motion motivate motive motley motlier motliest motor motorbike motorcade motorcycle motorise motorize motorway
motto mould mouldy moult mound mount mountain mountaineer mountainous mourn mouse mousse moustache mousy mouth
mouthpiece move movie mow ms mu much muck mucous mucus mud muddle muddy muff muffin muffle mug muggy mulch mule mull
multi multinational multiple multiplication multiplicative multiplicity multiply multiprocessing multitasking
multitude mum mumble mummify mummy mumps munch mundane municipal mural murder murderous murky murmur muscle muscular
muse museum mush mushroom mushy music musician musk musket mussel must mustache mustang mustard musty mutant mutate
mute mutilate mutinous mutiny mutt mutton mutual muzzle my myopic myriad myself mysterious mystery mystic mystify myth
mythical mythological mythology nab nag nail naive naivety naked name namesake nap napalm nape napkin nappy narcotic
narrate narrow nasal nasty nation nationalise nationalistic nationalize nationwide native natty natural naturalise
naturalize nature naught naughty nausea nauseate nauseous nautical naval navel navigable navigate navy nay near nearby
nearsighted neat nebula nebulae nebulous necessary necessitate necessity neck neckerchief necklace neckline necktie
necrophilia nectar nectarine need needle needlework needy negate neglect negligee negligence negligent negligible
negotiable negotiate neigh neighbor neighborhood neighbour neighbourhood neither neon neophyte nephew nepotism nerve
nervous nest nestle net nether nettle network neural neurologist neurology neuron neuroses neurosis neurotic neuter
neutral neutralise neutralize neutron never nevertheless new newbie newborn newcomer newfangled newsagents newscast
newsletter newspaper newsprint newsstand newsy newt newton next nibble nice nicety niche nick nickel nickname nicotine
niece nifty nigh night nightclub nightfall nightgown nightingale nightmare nightmarish nighttime nil nimble nincompoop
nine nineteen nineteenth ninetieth ninety ninny ninth nip nipple nippy nit nitrate nitrogen nitwit no nobility noble
nobleman noblemen noblewoman noblewomen nobody nocturnal nod node noise noisy nomad nomadic nomenclature nominal
nominate nominee non nonchalance nonchalant nondescript none nonetheless nonsensical noodle nook noon noose nor norm
north northeast northeastern northern northward northwest northwestern nose nosebleed nostalgia nostalgic nostril nosy
not notch note notebook noteworthy nothing notice noticeboard notification notify notoriety notorious notwithstanding
nougat nought noun nourish nova novel novelty novice now nowadays nowhere noxious nozzle nuance nuclear nuclei nucleus
nude nudge nugget nuisance null nullify numb numeral numerate numeric numerous nun nuptial nurse nursemaid nursery
nurture nut nutcracker nutmeg nutrient nutriment nutrition nutritious nutshell nutty nuzzle nylon nymph oaf oak oar
oases oasis oath oatmeal obedience obedient obelisk obese obey obfuscation obituary object obligate obligatory oblige
oblique obliterate oblivion oblivious oblong obnoxious oboe obscene obscure observance observant observatory observe
obsess obsolescence obsolescent obsolete obstacle obstetrician obstetrics obstinacy obstinate obstruct obtain
obtrusive obtuse obvious occasion occupancy occupant occupation occupy occur occurrence ocean oceanic oceanography
octagon octal octave octopus ocular odd ode odious odometer odour oesophagi oesophagus of off offbeat offence offend
offense offhand office official officiate officious offload offset offshoot offshore offspring offstage often ogle
ogre oh ohm oil oily ointment ok okay okra old olden olfactory olive omega omelet omelette omen ominous omission omit
omnibus omnipotence omnipotent omnipresent omniscient on onboarding once oncoming one onerous oneself ongoing online
onlooker onomatopoeia onrush onset onslaught onto onus onward oodles ooze opal opaque open opera operand operate
operatic ophthalmologist ophthalmology opinion opinionated opium opossum opponent opportune opportunist oppose
opposite oppress opt optic optician optima optimal optimise optimism optimist optimistic optimize optimum optometrist
opulent opus or oracle orange orangutan orator oratory orbit orchard orchestra orchestral orchestrate orchid ordain
ordeal order ordinance ordinary ordination ore organ organic organise organize orgasm orgy orient orientate orifice
origin originate ornament ornate ornithologist ornithology orphan orphanage orthodontist orthodox orthogonal
orthography orthopaedics orthopedics oscillate oscilloscope osmosis ostensible ostentation ostentatious ostracise
ostracize ostrich other otherwise otter ouch ought ounce our ourselves oust out outdo outermost outrageous ova oval
ovary ovation oven over overdo overt overture overwhelm ovum owe owl own ox oxen oxide oxidise oxidize oxygen oyster
ozone pa pace pacemaker pacific pacifism pacifist pacify pack package packet pact pad paddle paddock paddy padlock
paediatrician paediatrics pagan page pageant pageantry pagination pagoda paid pail pain painstaking paint pair pajamas
pal palace palaeontologist palaeontology palate palatial pale paleontologist paleontology palette pall pallbearer
pallid palm palomino palpable paltry pamper pamphlet pan panacea pancake pancreas pancreatic panda pandemonium pander
pane panel pang panhandle panic panicked panicking panicky panorama panoramic pansy pant panther pantie pantomime
pantry pap papa papacy papaya paperback paperweight paperwork paprika papyri papyrus par parachute parade paradigm
paradise paradox paradoxical paraffin paragon paragraph parakeet parallel paralyse paralysis paralytic paralyze
parameter paramount paranoia paranoid paraphernalia paraphrase paraplegic parasite parasitic parasol paratrooper
parcel parch pardon pare parent parentage parentheses parenthesis parenthetical parenthood parishioners park parka
parkway parliament parliamentary parlor parlour parochial parody parole parrot parse parsec parsley parsnip parson
parsonage part partake partaken partial participant participate participle particle particular partisan partition
partner partook partridge party passage passageway passbook passenger passionate passport password past pasta paste
pastel pasteurise pasteurize pastiche pastime pastry pasture pasty pat patch patchwork patchy pate patent paternal
paternity path pathetic pathological pathologist pathology pathos pathway patience patient patio patriarch patrimony
patriot patriotic patrol patron patronage patronise patronize pattern patty paucity paunch paunchy pauper pause pave
pavilion paw pawn pawnbroker pay payload payoff payroll pea peace peacemaker peach peacock peak peal peanut pear pearl
peasant peat pebble pecan peck peculiar pedagogy pedal pedant pedantic pedantry peddle pedestal pedestrian
pediatrician pediatrics pedigree pedlar peek peel peep peer peeve peevish peg pelican pellet pelt pelvic pelvis pen
penalise penalize penalty penance pence penchant pencil pendant pended pending pends pendulum penetrate penguin
penicillin peninsula penis penitence penitent penitentiary penknife penknives penmanship pennant penniless penny
pensioners pentagon penthouse penultimate peon peony people pep peppermint per perceive percent percentage perceptible
perception perceptive perch perchance percolate percussion peremptory perennial perfect perforate perform performance
perfume perfunctory perhaps peril perilous perimeter period periodic peripheral periphery periscope perjure perjury
perk perky permanence permanent permeate permissible permission permissive permit permutation pernicious peroxide
perpendicular perpetrate perpetual perpetuate perplex persecute perseverance persevere persistence persistent person
persona personalise personalize personification personify personnel perspective perspire persuade persuasion
persuasive pert pertain pertinent perturb perusal peruse pervade pervasive perverse pervert pesky pessimism pessimist
pessimistic pest pesticide pestilence pet petite petrify petrol petroleum petticoat petty petulant petunia pew pewter
phantom pharmaceutical pharmacist pharmacy phase pheasant phenomena phenomenal phenomenon philanthropic philanthropist
philanthropy philosopher philosophical philosophise philosophize philosophy phlegm phlegmatic phobia phoenix phone
phonetic phoney phonics phonograph phony phosphor phosphorescence phosphorescent phosphorus photo photocopy photogenic
photograph photographic photography photon photosynthesis phototypesetter phrase phraseology physic physician
physiological physiology physique pi pianist piano piccolo pick pickax picket pickle pickpocket pickup picky picnic
picnicked picnicking pictorial picture picturesque piddle pie
"""
