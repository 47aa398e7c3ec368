"""Common misspellings of business English and what was meant; in marketing copy none of them is meant as it stands."""

_TEXT = """
absense absence; accomodate accommodate; accomodation accommodation; acheive achieve; acknowlege acknowledge; aquire
acquire; accross across; adress address; advertisment advertisement; agressive aggressive; alot a lot; allready
already; analize analyze; apparant apparent; appearence appearance; arguement argument; assesment assessment;
asyncronous asynchronous; atach attach; attendence attendance; availible available; avalable available; becuase
because; beggining beginning; begining beginning; beleive believe; benifit benefit; buisness business; busines
business; calender calendar; campain campaign; catagory category; certian certain; choosen chosen; collegue
colleague; comming coming; commited committed; comittee committee; compatability compatibility; compatable
compatible; competetive competitive; completly completely; concious conscious; configuraton configuration;
consistant consistent; controled controlled; convinient convenient; cusomer customer; custmer customer; definately
definitely; definitly definitely; dependant dependent; deploymnet deployment; develope develop; developement
development; diffrent different; dissapoint disappoint; doesnt doesn't; dont don't; didnt didn't; isnt isn't; arent
aren't; wasnt wasn't; couldnt couldn't; wouldnt wouldn't; shouldnt shouldn't; youre you're; theyre they're; thats
that's; whats what's; efficency efficiency; eligable eligible; embarass embarrass; enterprize enterprise; enviroment
environment; equiptment equipment; excelent excellent; existance existence; experiance experience; expence expense;
familar familiar; feild field; finaly finally; foriegn foreign; fourty forty; freind friend; futher further;
garantee guarantee; gaurantee guarantee; goverment government; grammer grammar; greatful grateful; guarentee
guarantee; happend happened; heigth height; immediatly immediately; imediately immediately; independant independent;
infomation information; intergrate integrate; intergration integration; intresting interesting; knowlege knowledge;
langauge language; liason liaison; libary library; lisence license; maintainance maintenance; maintenence
maintenance; managment management; manageing managing; mesage message; millenium millennium; mispell misspell;
neccessary necessary; necesary necessary; noticable noticeable; occassion occasion; occured occurred; occurence
occurrence; offical official; oppurtunity opportunity; orginal original; ocasion occasion; paramater parameter;
payed paid; peice piece; perfomance performance; performence performance; permanant permanent; personel personnel;
posession possession; posible possible; potatos potatoes; practicle practical; preceed precede; prefered preferred;
prefering preferring; privelege privilege; priviledge privilege; proccess process; proffesional professional;
profesional professional; promiss promise; publically publicly; questionaire questionnaire; realy really; recieve
receive; recieved received; reccomend recommend; recomend recommend; refered referred; relevent relevant; religous
religious; remeber remember; repitition repetition; responsability responsibility; responsable responsible; sucess
success; succes success; sucessful successful; succesful successful; saftey safety; seperate separate; seperately
separately; shedule schedule; sieze seize; similiar similar; sincerly sincerely; speach speech; strenght strength;
subsciption subscription; suprise surprise; tommorow tomorrow; tommorrow tomorrow; teh the; thier their; threshhold
threshold; tought taught; truely truly; unfortunatly unfortunately; untill until; upto up to; usefull useful; usally
usually; vaccum vacuum; vehical vehicle; visable visible; wether whether; webiste website; wich which; wierd weird;
withold withhold; writting writing; workfow workflow; yeild yield
"""


def _read(text: str) -> dict[str, str]:
    pairs = (entry.split(maxsplit=1) for entry in text.replace("\n", " ").split(";") if entry.strip())
    return {wrong: right.strip() for wrong, right in pairs}


MISSPELLINGS: dict[str, str] = _read(_TEXT)
"""Misspelling → what was meant, in lower case."""
