"""Words of further languages that no rule tells: irregular verbs, broken plurals, look-alikes.

Each line of `FORMS` is a word and its forms, one of each stem at least; a rule finds the rest.
`ALONE` holds words that a stemmer takes for forms of another, and that are compared as they stand.
Vocabulary of conflict, disaster and politics.  Word lists, and how they are read.  English has
`english_words`.
"""

from __future__ import annotations

from functools import cache

from alerts.text.normalize import fold

FORMS = {
    "ar": """
هجوم هجمات هجمة
صاروخ صواريخ
قذيفة قذائف
قتيل قتلى
جريح جرحى
سلاح أسلحة
رهينة رهائن
جندي جنود
لغم ألغام
قنبلة قنابل
طائرة طائرات
لاجئ لاجئين لاجئون
نازح نازحين نازحون
شهيد شهداء
أسير أسرى
سجين سجناء
مريض مرضى مرضي
ضحية ضحايا
مصاب مصابين
مدني مدنيين
قائد قادة
زعيم زعماء
رئيس رؤساء
وزير وزراء
سفير سفراء
عميل عملاء
عدو أعداء
حزب أحزاب
حرب حروب
معركة معارك
مجزرة مجازر
مذبحة مذابح
جريمة جرائم
مدفع مدافع
دبابة دبابات
رصاصة رصاص
لواء ألوية
كتيبة كتائب
فصيل فصائل
قبيلة قبائل
قاعدة قواعد
حاجز حواجز
معسكر معسكرات
مخيم مخيمات
مبنى مباني مبان
مستشفى مستشفيات
مدرسة مدارس
طريق طرق
جسر جسور
حدود الحدود
ميناء موانئ
سفينة سفن
زورق زوارق
حريق حرائق
زلزال زلازل
فيضان فيضانات
سيل سيول
وباء أوبئة
مرض أمراض
جثة جثث
قبر قبور
مقبرة مقابر
خسارة خسائر
ضربة ضربات
غارة غارات
عبوة عبوات
كمين كمائن
نفق أنفاق
قناص قناصة
مقاتل مقاتلين
إرهابي إرهابيين
متمرد متمردين
مسلح مسلحين
عنصر عناصر
ضابط ضباط
حارس حراس
عامل عمال
طالب طلاب طلبة
ناشط نشطاء ناشطين
خبير خبراء
مدير مدراء
شاهد شهود
مجرم مجرمين
لص لصوص
ثائر ثوار
شرطي شرطة
سياسي سياسيين ساسة
نهر أنهار
جبل جبال
سد سدود
مصنع مصانع
مطار مطارات
خط خطوط
صندوق صناديق
بئر آبار
سوق أسواق
بيت بيوت
منزل منازل
كنيسة كنائس
مسجد مساجد
ميليشيا ميليشيات مليشيا مليشيات
طفل أطفال
امرأة نساء
قرية قرى
مدينة مدن
بلدة بلدات
حقل حقول
حكومة حكومات
قانون قوانين
قرار قرارات
اتفاق اتفاقات اتفاقية
دولة دول
نائب نواب
عقوبة عقوبات
تظاهرة تظاهرات مظاهرة مظاهرات
""",
    "de": """
""",
    "es": """
morir murió murieron muere mueren muriendo muerto muertos muerta muertas
huir huyó huyeron huye huyen huido huyendo
herir hirió hirieron hiere hieren hiriendo
destruir destruyó destruyeron destruye destruyen destruido destruyendo destrucción
construir construyó construyeron construye construido
detener detuvo detuvieron detiene detienen detenido detención detenciones
caer cayó cayeron cae caen caído cayendo
pedir pidió pidieron pide piden pidiendo
decir dijo dijeron dice dicen dicho
elegir eligió eligieron elige elegido elección elecciones
rendir rindió rindieron rinde rinden rendición
invadir invasión invasiones
explotar explotó explotaron
explosión explosiones
expulsar expulsión expulsiones
combatir combatió combate combates combatieron
intervenir intervino intervinieron interviene intervención
obtener obtuvo obtuvieron
mantener mantuvo mantuvieron mantiene
poner puso pusieron pone puesto
imponer impuso impusieron impone impuesto
proponer propuso propusieron propuesto propuesta
hacer hizo hicieron hace hecho
romper rompió roto rotos ruptura
abrir abrió abierto abiertos
cerrar cerró cierre cierran cierra
perder perdió pierde pierden pérdida pérdidas
defender defendió defiende defienden defensa
mover movió mueve mueven
volar voló vuela vuelan vuelo
negar negó niega niegan
""",
    "fr": """
piller pillage pillages
saboter sabotage sabotages
arrêter arrestation arrestations
mourir meurt meurent mort morts morte mortes mourut moururent
fuir fui fuit fuient fuyant fuyait fuyaient fuite
détruire détruit détruits détruite détruites détruisent destruction destructions
battre bat battent battu battus battue
combattre combat combattent combats combattu
abattre abat abattent abattu abattus abattue abattues
prendre prend prennent pris prise prises prit
tenir tient tiennent tenu tenus
détenir détient détenu détenus détention
retenir retient retenu retenus
maintenir maintient maintenu
intervenir intervient interviennent intervention interventions
venir vient viennent venu
élire élit élisent élu élus élue élues
interdire interdit interdits interdite interdites interdiction interdictions
dire dit disent
faire fait font faits
rompre rompt rompu rupture
conduire conduit conduisent
réduire réduit réduits réduction
construire construit construction
produire produit production
craindre craint craignent crainte craintes
atteindre atteint atteignent atteints
poursuivre poursuit poursuivent poursuivi
vivre vit vivent vécu
survivre survit survivent survécu
recevoir reçoit reçoivent reçu
courir court courent couru
ouvrir ouvre ouvrent ouvert ouverte
offrir offre offert
découvrir découvre découvert découverte
perdre perd perdu perte pertes
défendre défend défendu défense
envahir envahit envahissent invasion invasions
libérer libère libèrent libération libérations
général généraux
hôpital hôpitaux
tribunal tribunaux
arsenal arsenaux
journal journaux
cheval chevaux
œil yeux
""",
    "it": """
uccidere ucciso uccisi uccisa uccise uccisione uccisioni
morire muore muoiono morto morti morta morte morì
fuggire fugge fuggono fuga fughe
esplodere esploso esplosi esplosa esplode
difendere difeso difesi difesa difende
offendere offeso offesa offensiva
prendere preso presi presa prese prende
chiudere chiuso chiusi chiusa chiusura
decidere deciso decisi decisione decisioni
dividere diviso divisa divisi divisione
invadere invaso invasi invasa invasione invasioni
arrendersi arreso arresi arresa arrendere
distruggere distrutto distrutti distrutta distrutte distruzione distruzioni
eleggere eletto eletti eletta elezione elezioni
proteggere protetto protetti protezione
colpire colpisce colpiscono colpito colpiti colpita colpite colpì
rapire rapito rapiti rapimento rapimenti rapisce
rompere rotto rotti rotta rottura
respingere respinto respinti respinta respinge
costringere costretto costretti costretta
vincere vinto vinti vinta vittoria vittorie
perdere perso persi persa perdita perdite
aprire aperto aperti aperta apertura
scoprire scoperto scoperti scoperta
dire detto detta dice dicono
fare fatto fatti fanno
mettere messo messi messa
chiedere chiesto chiesti chiesta
accusare accusa accuse
uomo uomini
""",
    "pt": """
morrer morreu morreram morre morrem morto mortos morta mortas morte mortes
fugir fugiu fugiram foge fogem fugido fuga fugas
ferir feriu feriram fere ferem ferindo
destruir destruiu destruíram destrói destroem destruído destruídos destruição
explodir explodiu explodiram explode explodem
matar matança matanças
saquear saque saques
prender preso presos presa presas prendeu prenderam
eleger elegeu eleito eleitos eleita
cair caiu caíram cai caem
dizer disse disseram diz dizem dito
fazer fez fizeram faz feito
impor impôs impuseram impõe imposto
propor propôs propuseram propõe proposta
deter deteve detiveram detém detido detidos detenção
manter manteve mantiveram mantém
intervir interveio intervém intervenção
invadir invadiu invasão invasões
expulsar expulso expulsos expulsão
soltar solto soltos
romper rompeu rompido ruptura
combater combateu combate combates
perder perde perdeu perda perdas
""",
    "nl": """
dode doden
schieten schiet schoot schoten geschoten
neerschieten neergeschoten
beschieten beschoot beschoten
vechten vecht vocht vochten gevochten
sterven sterft stierf stierven gestorven
vliegen vliegt vloog vlogen gevlogen
vallen valt viel vielen gevallen
aanvallen aangevallen
slaan slaat sloeg sloegen geslagen
nemen neemt nam namen genomen
innemen ingenomen
geven geeft gaf gaven gegeven
treffen treft trof troffen getroffen
breken breekt brak braken gebroken
uitbreken uitgebroken
komen komt kwam kwamen gekomen
staan staat stond stonden gestaan
houden houdt hield hielden gehouden
aanhouden aangehouden
vangen vangt ving vingen gevangen
verliezen verliest verloor verloren
winnen wint won wonnen gewonnen
vinden vindt vond vonden gevonden
steken steekt stak staken gestoken
neersteken neergestoken
dringen dringt drong drongen gedrongen
binnendringen binnengedrongen
dwingen dwingt dwong dwongen gedwongen
trekken trekt trok trokken getrokken
terugtrekken teruggetrokken
verbieden verbiedt verbood verboden
spreken spreekt sprak spraken gesproken
zinken zinkt zonk zonken gezonken
verdrinken verdrinkt verdronk verdronken
kiezen kiest koos kozen gekozen
verkiezen verkiest verkoos verkozen
ontvoeren ontvoerd ontvoerde ontvoering ontvoeringen
vermoorden vermoord vermoordde
stad steden
schip schepen
lid leden
kind kinderen
""",
    "ru": """
убить убит убита убито убиты убил убили убитый убитые убивать убивают
погибнуть погиб погибла погибли погибший погибшие погибших
взорвать взорван взорвана взорвали взорвались взорвался
захватить захвачен захвачена захвачены захвачено захватил захватывают
освободить освобождён освобожден освобождены освобождена освободил
поразить поражён поражен поражены поразил
разрушить разрушен разрушена разрушены разрушил
сбить сбит сбита сбиты сбил сбили
подбить подбит подбита подбиты подбил
взять взят взята взяты взял взяли
бежать бежал бежали бегут
умереть умер умерла умерли
стрелять стреляли стреляет стреляют
застрелить застрелен застрелили
арестовать арестован арестована арестованы арестовал арестует арестуют
атаковать атакован атакованы атаковал атакует атакуют
эвакуировать эвакуирован эвакуированы эвакуировал эвакуируют
похитить похищен похищены похищена похитил похитили похищают
сжечь сожжён сожжен сожжены сжёг сожгли
ребёнок ребенок дети детей детям детьми
человек люди людей людям людьми
""",
    "uk": """
вбити вбив вбили вбила вбито вбитий вбиті убити убив убили убито убитий убиті
загін загони загону загонів
бій бої боїв бою боях
вогонь вогню вогнем вогні
вибір вибору
захопити захопив захопили захоплено захоплений захоплені
звільнити звільнив звільнили звільнено звільнений звільнені
взяти взяв взяли взято
збити збив збили збито збитий збиті
підбити підбив підбито підбитий
померти помер померла померли
бігти бігли бігла
людина люди людей людям людьми
дитина діти дітей дітям дітьми
міст мости мосту мостів
полон полону
вертоліт вертольоти вертольотів вертольота вертольотом
корабель кораблі корабля кораблів
""",
    "pl": """
zabić zabity zabita zabici zabitych zabito zabija zabijają
zginąć zginął zginęła zginęli zginęło ginie giną
umrzeć umarł umarła umarli umiera
broń broni bronią broniach
porwać porwany porwani porwana porwano porywa
zestrzelić zestrzelony zestrzelono zestrzelona
dziecko dzieci dziećmi
człowiek ludzie ludzi ludziom ludźmi
żołnierz żołnierze żołnierzy
wieś wsie wsi wsiach wsią
dzień dni dniach
pies psy psów
""",
    "sv": """
dö dör dog dött
skjuta skjuter sköt skjutit skjuten skjutna
beskjuta beskjuter besköt beskjutit beskjutna
falla faller föll fallit
slå slår slog slagit
anfalla anfaller anföll anfallit
gripa griper grep gripit gripen gripna greps
fly flyr flydde flytt
bryta bryter bröt brutit
ta tar tog tagit tagen
ge ger gav gett
hålla håller höll hållit
sjunka sjunker sjönk sjunkit
brinna brinner brann brunnit
vinna vinner vann vunnit
barn barnen barns
by byar byarna byn byns
bo bor bodde
bro broar broarna bron
sjö sjöar sjöarna sjön
man män männen
stad städer städerna
""",
    "tr": """
ölmek öldü öldüler ölüyor
""",
    "fa": """
سلاح اسلحه سلاح‌ها
مجروح مجروحان مجروحین
شهید شهدا شهیدان
اسیر اسرا اسیران
وزیر وزرا وزیران
رئیس رؤسا رئیسان
حادثه حوادث
منطقه مناطق
حزب احزاب
خبر اخبار
شیء اشیا
گروه گروه‌ها
نفر نفرات
مهاجر مهاجرین
دشمن دشمنان
مدرسه مدارس
جسد اجساد
کشته کشتگان
""",
}

ALONE = {
    "de": "Totem Totems",
    "es": """
estado estados
protestante protestantes
rebeldía rebeldías
saco sacos
""",
    "fr": """
tu
protestant protestants protestante protestantes
armée armées
""",
    "it": """
attaccante attaccanti
colpa colpe
protestante protestanti
razza razze
sparire sparisce sparito spariti sparita sparite sparirono
""",
    "pl": """
ostrzał ostrzału ostrzałem ostrzały ostrzałów ostrzałami
brona brony
starcie starcia starć starciach starciami starciem starciu
""",
    "pt": """
morro morros
saco sacos
protestante protestantes
""",
    "ru": """
рано
казна казны казне казну казной
""",
    "fa": "گروگان گروگانها گروگانهای گروگانی گروگانان",
    "sv": """
gräns gränsen gränser gränserna
vapen vapnet vapnen vapnens vapens
""",
}


@cache
def of(language: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of *language* with their forms, as they are written."""
    return tuple(tuple(line.split()) for line in FORMS.get(language, "").strip().splitlines())


@cache
def alone(language: str) -> dict[str, str]:
    """Return the words of *language* that are forms of no other; folded, with the first of each."""
    lines = (fold(line).split() for line in ALONE.get(language, "").strip().splitlines())
    return {form: line[0] for line in lines for form in line}
