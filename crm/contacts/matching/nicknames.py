"""What people called so are called by others: one family of first names a line, German and English, the fullest form first."""

from __future__ import annotations

from crm.folding import fold

_FAMILIES = """
johannes hans hannes johann hansi hanno jo
josef joseph sepp seppl jupp joschi beppo joe joey
franz franzl franziskus
friedrich fritz friedl fred freddy fiete
wilhelm willi willy wim
heinrich heinz heiner hein heiko
karl carl karli charly
georg schorsch jörg jürgen
ludwig lutz wiggerl
maximilian max maxi
alexander alex sascha xander sandy alec
sebastian basti bastian wastl
michael micha michel michi mike mick mickey
matthias mathias hias matze matz
nikolaus klaus claus niklas nico niko nick nicolas nicholas
thomas tom tommy
andreas andi andy
stefan stephan steffen steve steven stephen
christian chris christoph christopher krischan kit
daniel dani dan danny
benjamin ben benny beni
jakob jacob jockel
joachim achim jochen jochim
gerhard gerd gert
günther günter
werner wernher
walter walther walt wally
rudolf rudi rolf ralf ralph rudolph
richard rick ricky dick rich richie
robert bob bobby rob robbie robin bert
rupert ruppert
albert al bertl
albrecht albert
anton toni tony anthony antonius
martin marty
manfred manni fred
siegfried siggi sigi
ulrich uli ulli
eberhard eberhart hardy
bernhard bernd bernard bernie
dietrich dieter dirk
theodor theo ted teddy theodore
leonhard leo leonard lenny leonardo
lukas lucas luke
markus marcus mark marc
philipp philip phil pip
peter pete
paul pauli
tobias tobi toby
valentin veltin
vinzenz vincent vinnie
wolfgang wolf wolfi
xaver xavier
elisabeth elizabeth lisa lisbeth elsbeth else elsa elli betty beth bettina liz lizzie eliza sissi liesel lisl liese
katharina katarina catherine katherine kathrin katrin kathi kati käthe kate kathy katie kitty cathy trine
margarete margarethe margaret greta grete gretel meg maggie peggy gretchen margit marga rita margret
maria marie mary mia mitzi marianne polly molly ria
anna anne anni anja annie antje änne hanna nancy ann
johanna hanna hannah hanne jo joan
susanne susan susanna sue susi susie suzanne sanne
christina christine kristina tina christa christiane chris stina
barbara babs bärbel babsi barb babette
brigitte gitta birgit gitte britta brigitta
gertrud gertrude trude trudi
gudrun gudi
magdalena magda lena leni madeleine magdalene lene
helene helena lena leni helen ellen nelly lene
eleonore leonore lore eleanor nora ellie nell
franziska franzi fanny frances franca
theresa therese resi theresia terry tess tessa
ursula ulla uschi ursel
ulrike ulli rike uli
friederike rike frieda friedel
henriette jette henni
wilhelmine minna mina helmine
charlotte lotte lotti lottie carla
caroline karoline karolin carolin line carrie
angelika angela geli angie
adelheid heidi heidemarie
agathe agatha
alexandra alex sandra sascha sandy
andrea andi
antonia toni
bernadette berni
cornelia conny nelly nele
dorothea dorothee dora thea dorothy dolly dot
emilia emilie emily emma milly
gabriele gabriela gabi gaby
hildegard hilde hilda
ingeborg inge inga
jacqueline jacky
jessica jessi jess jessie
josefine josephine josefa fine josie peppi
juliane julia jule juliana julie
luise louise lulu
martha marthe
michaela michi micha
monika moni monica
nicole nicki nico
patricia pat patty trish patrizia
rebekka rebecca becky beck
regina regine gina
renate nate
roswitha rosi
rosa rosi rose rosemarie
sabine bine
samantha sam
sophie sofie sophia sofia
stefanie stephanie steffi steffie
veronika vroni veronica vera
victoria viktoria vicky tori
viola violetta
waltraud traudl traute
william bill billy will willie liam
james jim jimmy jamie
john jack johnny jon
jonathan jon jonny john
edward ed eddie ted ned eduard edi
henry harry hal hank
charles charlie chuck chas karl
david dave davy
donald don donny
douglas doug
francis frank
gregory greg gregor
jeffrey jeff geoffrey geoff
joshua josh
kenneth ken kenny
lawrence larry laurence lorenz lenz
nathaniel nathan nate nat
oliver olli ollie
patrick pat paddy
raymond ray
ronald ron ronnie
samuel sam sammy
timothy tim timmy
zachary zach zac
abigail abby
amanda mandy
cynthia cindy
deborah deb debbie debby
jennifer jen jenny
kimberly kim
pamela pam
sarah sara sally
mohammed mohamed muhammad mohammad mehmet muhammed mo
mustafa mustapha
ibrahim abraham
yusuf josef jussuf
aleksandra alexandra ola
giuseppe josef beppe
giovanni johannes gianni
"""


def _families() -> dict[str, frozenset[int]]:
    member: dict[str, set[int]] = {}
    for number, line in enumerate(_FAMILIES.strip().splitlines()):
        for name in line.split():
            member.setdefault(fold(name), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in member.items()}


FAMILIES = _families()
_NONE: frozenset[int] = frozenset()


def akin(one: str, other: str) -> bool:
    """Whether two folded first names may be the same one: Hans and Johannes, Bob and Robert."""
    return bool(FAMILIES.get(one, _NONE) & FAMILIES.get(other, _NONE))


def kin(name: str) -> set[str]:
    """The folded names somebody called `name` may also be known by, without itself."""
    mine = FAMILIES.get(name, _NONE)
    return {other for other, theirs in FAMILIES.items() if mine & theirs} - {name} if mine else set()
