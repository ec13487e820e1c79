"""Which commands a formula may bring into a document of LaTeX: those that only print.

A list of what does harm would never be whole: TeX reads files by `\\input`, and by `\\@@input`, `\\pdffiledump`, and
whatever a package adds. These are the commands that the page draws, without those that define, read or write.
"""

from __future__ import annotations

from mathtext.tex import NUMBERED_ENVIRONMENTS, PLAIN_ENVIRONMENTS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMANDS = _words(
    """
AA aa above abs absolutevalue acomm acute AE ae alef alefsym aleph allowbreak Alpha alpha amalg And angl angle
angln Angstrom anticommutator approx approxeq arccos arcctg arceq arcsin arctan arctg arg argmax argmin
arraycolsep arraystretch ast astrosun asymp atop backcong backdprime backepsilon backprime backsim backsimeq
backslash backtrprime ballotx bar barcap barcup barvee barwedge Bbb Bbbk bcancel because Beta beta beth between
bf Big big bigcap bigcirc bigcup bigcupdot bigcupplus bigdoublevee bigdoublewedge Bigg bigg Biggl biggl Biggm
biggm Biggr biggr Bigl bigl Bigm bigm bigodot bigoplus bigotimes Bigr bigr bigsqcap bigsqcup bigstar bigtimes
bigtriangledown bigtriangleup biguplus bigvee bigwedge binom blackhourglass blacklozenge blacksquare
blacktriangle blacktriangledown blacktriangleleft blacktriangleright bm bmod bold boldsymbol bordermatrix Bot
bot bowtie Box boxast boxbox boxcircle boxdot boxed boxminus boxplus boxslash boxtimes Bqty bqty Bra bra brace
brack Braket braket breve bull bullet Bumpeq bumpeq c ca cal cancel cancelto Cap cap capbarcup capdot capovercup
cdleftarrow cdlongequal cdot cdotp cdots cdrightarrow ce cent centerdot cfrac ch check checkmark chemequilibrium
Chi chi choose circ circeq circlearrowleft circlearrowright circledast circledcirc circleddash circledequal
circledparallel circledR circledS circledvert circlehbar clap closedvarcap closedvarcup clubs clubsuit cnums coh
colon Colonapprox colonapprox coloncolon coloncolonapprox coloncolonequals coloncolonminus coloncolonsim Coloneq
coloneq Coloneqq coloneqq colonequals colonminus Colonsim colonsim color colorbox comm commutator complement
Complex concavediamond concavediamondtickleft concavediamondtickright cong Coppa coppa coprod copyright cos
cosec cosh cot cotg coth cp cr cross crossproduct csc ctg cth Cup cup cupovercap curl curlyeqprec curlyeqsucc
curlyvee curlywedge curvearrowleft curvearrowright d dag Dagger dagger daleth Darr dArr darr dashleftarrow
dashrightarrow dashv dbinom dblcolon dd ddag ddagger ddddot dddot ddot ddots deg degree Delta delta derivative
det dfrac DH dh diagdown diagup diameter Diamond diamond diamonds diamondsuit differential digamma dim
displaylimits displaystyle div divergence divideontimes DJ dj dot Doteq doteq doteqdot dotminus dotplus
dotproduct dots dotsb dotsc dotsi dotsm dotso dotsx doublebarvee doublebarwedge doublecap doublecup Downarrow
downarrow downdownarrows downharpoonleft downharpoonright dprime dv dyad Earth ell emph emptyset enskip enspace
ensuremath Epsilon epsilon eqcirc Eqcolon eqcolon eqdef eqeq eqeqeq eqleftharpoondown Eqqcolon eqqcolon eqref
eqrightharpoonup eqsim eqslantgtr eqslantless equal equalscolon equalscoloncolon equilibriumLeft
equilibriumRight equiv erf Eta eta eth euro ev eval evaluated exist exists exp expectationvalue expval
fallingdotseq fbox fcolorbox fdv female fint Finv flat footnotesize forall frac frak frown fullouterjoin
functionalderivative Game Gamma gamma gcd ge genfrac geq geqq geqslant gets gg ggg gggtr gimel gnapprox gneq
gneqq gnsim grad gradient grave greek gt gtrapprox gtrdot gtreqless gtreqqless gtrless gtrsim gvertneqq H Harr
hArr harr hat hbar hbox hdashline hearts heartsuit hfill hline hom hookleftarrow hookrightarrow hourglass
hphantom hskip hslash hspace Huge huge i iddots idotsint iff iiiint iiint iint Im image imageof imath impliedby
implies in incoh inf infin infty injlim innerproduct int intBar intbar intcap intclockwise intcup intercal
interleave intertext intlarhk intop intx invamp invlazys Iota iota isin it j jmath Join Kappa kappa ker kern Ket
ket ketbra Koppa koppa L l label Lambda lambda land lang lAngle langle laplacian LARGE Large large Larr lArr
larr LaTeX lBrace lbrace lbrack lceil ldotp ldots le leadsto left Leftarrow leftarrow leftarrowtail
leftharpoondown leftharpoonup leftleftarrows leftmodels leftmoon leftouterjoin Leftrightarrow leftrightarrow
leftrightarrows leftrightharpoons leftrightsquigarrow leftthreetimes leq leqq leqslant lessapprox lessdot
lesseqgtr lesseqqgtr lessgtr lesssim lfloor lg lgroup lhd lightning lim liminf limits limsup ll llangle llap
llbracket llcorner Lleftarrow lll llless llparenthesis lmoustache ln lnapprox lneq lneqq lnot lnsim log long
longdiv Longleftarrow longleftarrow longleftharpoondown Longleftrightarrow longleftrightarrow Longmapsto
longmapsto Longrightarrow longrightarrow longrightharpoonup looparrowleft looparrowright lor lower lozenge
lozengeminus lparen lq Lrarr lrArr lrarr lrcorner Lsh lt ltimes lVert lvert lvertneqq male maltese mapsfrom
mapsto mathbb mathbbm mathbf mathbin mathcal mathchoice mathclap mathclose mathds mathellipsis mathfrak
mathinner mathit mathllap mathnormal mathop mathopen mathord mathpunct mathrel mathring mathrlap mathrm mathscr
mathsf mathsfit mathsterling mathstrut mathtt matrix matrixel matrixelement max mbox measeq measuredangle
medspace mel mesomerism mho mid middle min minuscolon minuscoloncolon minusdot minusfdots minusrdots mkern mod
models mp mskip Mu mu multimap multimapboth multimapinv N nabla Nand natnums natural ncong ne nearrow neg
negmedspace negthickspace negthinspace neq newline nexists NG ng ngeq ngeqq ngeqslant ngtr ni nLeftarrow
nleftarrow nLeftrightarrow nleftrightarrow nleq nleqq nleqslant nless nmid nobreak nobreakspace nolimits
nonumber Nor norm normalsize not notag notin notni nparallel nprec npreceq nRightarrow nrightarrow nshortmid
nshortparallel nsim nsubset nsubseteq nsubseteqq nsucc nsucceq nsupset nsupseteq nsupseteqq ntriangleleft
ntrianglelefteq ntriangleright ntrianglerighteq Nu nu null nVDash nVdash nvDash nvdash nwarrow O o obar obslash
oc odiv odot odiv odv OE oe ogreaterthan oiiint oiint oint olessthan Omega omega Omicron omicron ominus op
operatorname operatornamewithlimits operp oplus order ordinarycolon origof oslash Otimes otimes otimeshat
outerproduct over overbrace overbracket overgroup overleftarrow overleftharpoon overleftrightarrow overline
overparen Overrightarrow overrightarrow overrightharpoon overset owns P parallel parr partial partialderivative
pb pdv permil Perp perp phantom phase Phi phi Pi pi pitchfork plim plusmn pm pmb pmod pod pointint
poissonbracket pounds pqty Pr prec precapprox preccurlyeq preceq precnapprox precneqq precnsim precsim prescript
prime principalvalue prod projlim propto Psi psi pu PV pv qall qand qas qassume qc qcc qcomma QED qelse qeven
qfor qgiven qif qin qinteger qlet qodd qor qotherwise qprime qq qqtext qquad qsince qthen qty quad quantity
questeq qunless qusing R r raise raisebox rang rAngle rangle rank Rarr rArr rarr ratio rBrace rbrace rbrack
rceil Re real Reals reals ref reflectbox relax Relbar relbar Res restriction rfloor rgroup rhd Rho rho right
Rightarrow rightarrow rightarrowtail rightharpoondown rightharpoonup rightleftarrows rightleftharpoons rightmoon
rightouterjoin rightrightarrows rightsquigarrow rightthreetimes risingdotseq rlap rm rmoustache rparen rppolint
rq rrangle rrbracket Rrightarrow rrparenthesis Rsh rtimes rule rVert rvert S Sampi sampi scoh scpolint
scriptscriptstyle scriptsize scriptstyle sdot searrow sec sect Set set setminus sf sfrac sgn sh sharp shift
shneg shortintertext shortmid shortparallel shoveleft shoveright shpos shuffle sideset Sigma sigma sim simeq sin
sincoh sinh sixptsize small smallfrown smallint smallsetminus smallsmile smash smashtimes smile smiley sout
space spades spadesuit sphericalangle Sqcap sqcap Sqcup sqcup sqint sqrt sqsubset sqsubseteq sqsupset sqsupseteq
square ss sslash stackrel standardstate star stareq Stigma stigma strictfi strictif strut sub sube Subset subset
subseteq subseteqq subsetneq subsetneqq substack succ succapprox succcurlyeq succeq succnapprox succneqq
succnsim succsim sum sun sup supe Supset supset supseteq supseteqq supsetneq supsetneqq surd swarrow t tag tan
tanh Tau tau tbinom TeX text textasciicircum textasciitilde textbackslash textbar textbardbl textbf
textbraceleft textbraceright textbullet textcircled textcolor textcopyright textdagger textdaggerdbl textdegree
textdollar textellipsis textemdash textendash texteuro textgreater textit textless textmd textnormal
textquotedblleft textquotedblright textquoteleft textquoteright textregistered textrm textsc textsf textsterling
textstyle texttt textunderscore textup textvisiblespace tfrac tg TH th therefore Theta theta thetasym
thickapprox thicksim thickspace thinspace threedotcolon tilde times Tiny tiny tmspace to top Tr tr triangle
triangledown triangleleft trianglelefteq triangleminus triangleplus triangleq triangleright trianglerighteq
triangletimes triDash tripleDash tripleDashBetweenDoubleLine tripleDashOverDoubleLine tripleDashOverLine trprime
tt twocaps twocups twoheadleftarrow twoheadrightarrow typecolon u Uarr uArr uarr ulcorner underbar underbrace
underbracket undergroup underleftarrow underleftrightarrow underline underparen underrightarrow underset uniDash
unlhd unrhd upalpha upand Uparrow uparrow upbeta upchi updelta Updownarrow updownarrow upepsilon upeta upgamma
upharpoonleft upharpoonright upiota upkappa uplambda uplus upmu upnu upomega upomicron upphi uppi uppsi uprho
upsigma Upsilon upsilon uptau uptheta upuparrows upupsilon upxi upzeta urcorner utilde v va var varclubsuit
varcoppa varDelta vardiamondsuit varepsilon varGamma varheartsuit variation varinjlim varkappa varLambda
varliminf varlimsup varnothing varointclockwise varOmega varPhi varphi varPi varpi varprojlim varpropto varPsi
varrho varSigma varsigma varspadesuit varsubsetneq varsubsetneqq varsupsetneq varsupsetneqq varTheta vartheta
vartriangle vartriangleleft vartriangleright varUpsilon varvdots varXi vb vcentcolon vcenter VDash Vdash vDash
vdash vdot vdots vec vectorarrow vectorbold vectorunit Vee vee veebar veedot veedoublebar veeeq veeonvee Vert
vert vphantom vqty vu Vvdash Wedge wedge wedgebar wedgedot wedgedoublebar wedgeonwedge wedgeq weierp
whitesquaretickleft whitesquaretickright widecheck widehat wideparen widetilde with wn wp wr x xcancel
xhookleftarrow xhookrightarrow Xi xi xLeftarrow xleftarrow xleftharpoondown xleftharpoonup xLeftrightarrow
xleftrightarrow xleftrightharpoons xlongequal xmapsto Xor xRightarrow xrightarrow xrightharpoondown
xrightharpoonup xrightleftharpoons xtofrom xtwoheadleftarrow xtwoheadrightarrow yen yields yieldsLeft
yieldsLeftRight Z Zeta zeta
"""
)
ENVIRONMENTS = (
    _words(
        "array darray matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix subarray "
        "cases dcases rcases drcases align aligned alignat alignedat split gather gathered equation multline "
        "multlined flalign eqnarray"
    )
    | NUMBERED_ENVIRONMENTS
    | PLAIN_ENVIRONMENTS
)

# Of these commands LaTeX itself knows none; each stands in a package that a document loads where it is used.
PACKAGES = {
    "cancel": _words("cancel bcancel xcancel cancelto"),
    "braket": _words("bra ket Bra Ket braket Braket set Set"),
    "ulem": _words("sout"),
    "longtable": _words("endhead"),
    "stmaryrd": _words("llbracket rrbracket interleave lightning mapsfrom obar obslash olessthan ogreaterthan sslash"),
}
# Names that the page knows beside LaTeX's own.
ALIASES = {
    r"\gt": r">",
    r"\lt": r"<",
    r"\omicron": r"o",
    r"\argmax": r"\operatorname*{arg\,max}",
    r"\argmin": r"\operatorname*{arg\,min}",
    r"\plim": r"\operatorname*{plim}",
    r"\degree": r"^{\circ}",
    r"\eqdef": r"\overset{\mathrm{def}}{=}",
    r"\coloncolon": r"\dblcolon",
    r"\colonequals": r"\coloneqq",
    r"\equalscolon": r"\eqqcolon",
    r"\QED": r"\square",
    r"\widecheck": r"\check",
    r"\permil": r"\text{\textperthousand}",
    r"\euro": r"\text{\texteuro}",
    r"\dotsx": r"\ldots",
    r"\iddots": r"\mathinner{\cdot\cdot\cdot}",
    r"\dprime": r"\prime\prime",
    r"\diameter": r"\varnothing",
    r"\mathsfit": r"\mathsf",
    r"\Perp": r"\perp\!\!\!\perp",
    r"\dotminus": r"\mathbin{\dot{-}}",
    r"\Alpha": r"\mathrm{A}",
    r"\Beta": r"\mathrm{B}",
    r"\Epsilon": r"\mathrm{E}",
    r"\Zeta": r"\mathrm{Z}",
    r"\Eta": r"\mathrm{H}",
    r"\Iota": r"\mathrm{I}",
    r"\Kappa": r"\mathrm{K}",
    r"\Mu": r"\mathrm{M}",
    r"\Nu": r"\mathrm{N}",
    r"\Omicron": r"\mathrm{O}",
    r"\Rho": r"\mathrm{P}",
    r"\Tau": r"\mathrm{T}",
    r"\Chi": r"\mathrm{X}",
    r"\cosec": r"\operatorname{cosec}",
    r"\cotg": r"\operatorname{cotg}",
    r"\ctg": r"\operatorname{ctg}",
    r"\tg": r"\operatorname{tg}",
    r"\arctg": r"\operatorname{arctg}",
    r"\arcctg": r"\operatorname{arcctg}",
    r"\cth": r"\operatorname{cth}",
    r"\sh": r"\operatorname{sh}",
    r"\ch": r"\operatorname{ch}",
    r"\upalpha": r"\alpha",
    r"\upbeta": r"\beta",
    r"\upgamma": r"\gamma",
    r"\updelta": r"\delta",
    r"\upepsilon": r"\epsilon",
    r"\upzeta": r"\zeta",
    r"\upeta": r"\eta",
    r"\uptheta": r"\theta",
    r"\upiota": r"\iota",
    r"\upkappa": r"\kappa",
    r"\uplambda": r"\lambda",
    r"\upmu": r"\mu",
    r"\upnu": r"\nu",
    r"\upxi": r"\xi",
    r"\uppi": r"\pi",
    r"\uprho": r"\rho",
    r"\upsigma": r"\sigma",
    r"\uptau": r"\tau",
    r"\upupsilon": r"\upsilon",
    r"\upphi": r"\phi",
    r"\upchi": r"\chi",
    r"\uppsi": r"\psi",
    r"\upomega": r"\omega",
}
# What the page draws and no package that every installation has knows: the name is printed.
UNKNOWN_TO_LATEX = _words(
    """
Angstrom Bot Bqty Complex Coppa Dagger Darr Earth Harr Koppa Larr Longmapsto Lrarr Nand Nor Otimes
Overrightarrow PV Rarr Reals Res Sampi Sqcap Sqcup Stigma Tiny Uarr VDash Vee Wedge Xor Z absolutevalue acomm
alef alefsym angl angln anticommutator arceq astrosun backcong backdprime backtrprime ballotx barcap barcup
barvee bigcupdot bigcupplus bigdoublevee bigdoublewedge bigsqcap blackhourglass boxast boxbox boxcircle boxslash
bqty bull ca capbarcup capdot capovercup cdleftarrow cdlongequal cdrightarrow ce cent chemequilibrium
circledequal circledparallel circledvert circlehbar closedvarcap closedvarcup clubs cnums coh coloncolonapprox
coloncolonequals coloncolonminus coloncolonsim colonminus color colorbox comm commutator concavediamond
concavediamondtickleft concavediamondtickright coppa cp cross crossproduct cupovercap curl dArr darr dd
derivative diamonds differential divergence dotproduct doublebarvee dv dyad eqeq eqeqeq eqleftharpoondown
eqrightharpoonup equal equalscoloncolon equilibriumLeft equilibriumRight erf ev eval evaluated exist
expectationvalue expval fcolorbox fdv female fint fullouterjoin functionalderivative grad gradient greek hArr
harr hdashline hearts hourglass image imageof incoh infin innerproduct intBar intbar intcap intclockwise intcup
intlarhk intx invamp invlazys isin ketbra koppa lAngle lArr lBrace lang laplacian larr leftmodels leftmoon
leftouterjoin llangle llparenthesis longdiv longleftharpoondown longrightharpoonup lozengeminus lrArr lrarr male
matrixel matrixelement measeq mel mesomerism minuscolon minuscoloncolon minusdot minusfdots minusrdots
multimapboth multimapinv natnums notni nsubset nsupset oc odiv odv oiiint oiint op operp order origof otimeshat
outerproduct overgroup overleftharpoon overparen overrightharpoon parr partialderivative pb pdv phase plusmn
pointint poissonbracket pqty principalvalue pu pv qall qand qas qassume qc qcc qcomma qelse qeven qfor qgiven
qif qin qinteger qlet qodd qor qotherwise qprime qq qqtext qsince qthen qty quantity questeq qunless qusing
rAngle rArr rBrace rang rarr reals rightmoon rightouterjoin rppolint rrangle rrparenthesis sampi scoh scpolint
sdot sect sfrac shift shneg shpos shuffle sincoh sixptsize smashtimes smiley spades sqint standardstate stareq
stigma strictfi strictif sub sube sun supe textcolor thetasym threedotcolon triDash triangleminus triangleplus
triangletimes tripleDash tripleDashBetweenDoubleLine tripleDashOverDoubleLine tripleDashOverLine trprime twocaps
twocups typecolon uArr uarr undergroup underparen uniDash upand upomicron utilde va var varclubsuit varcoppa
vardiamondsuit varheartsuit variation varointclockwise varspadesuit varvdots vb vdot vectorarrow vectorbold
vectorunit veedot veedoublebar veeeq veeonvee vqty vu wedgebar wedgedot wedgedoublebar wedgeonwedge wedgeq
weierp whitesquaretickleft whitesquaretickright wideparen with wn x xlongequal xtofrom xtwoheadleftarrow
xtwoheadrightarrow yields yieldsLeft yieldsLeftRight
"""
)

__all__ = ["ALIASES", "COMMANDS", "ENVIRONMENTS", "PACKAGES", "UNKNOWN_TO_LATEX"]
