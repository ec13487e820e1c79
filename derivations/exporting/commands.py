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
oc odiv odot odv OE oe ogreaterthan oiiint oiint oint olessthan Omega omega Omicron omicron ominus op
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

__all__ = ["COMMANDS", "ENVIRONMENTS"]
