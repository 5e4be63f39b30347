"""Names of which others keep the lists: countries, languages, time zones."""

from __future__ import annotations

from functools import cache
from importlib import resources

# ISO 3166-1 alpha-2, and XK, which everybody uses for Kosovo.
_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())

# ISO 639-1, then the languages of ISO 639-3 without a code there in which news is published (sh is
# withdrawn, but still sent).  The names are for those who write "english"; there are others.
_LANGUAGES = """
aa Afar, ab Abkhazian, ae Avestan, af Afrikaans, ak Akan, am Amharic, an Aragonese, ar Arabic,
as Assamese, av Avaric, ay Aymara, az Azerbaijani, ba Bashkir, be Belarusian, bg Bulgarian,
bi Bislama, bm Bambara, bn Bengali, bo Tibetan, br Breton, bs Bosnian, ca Catalan, ce Chechen,
ch Chamorro, co Corsican, cr Cree, cs Czech, cu Church Slavonic, cv Chuvash, cy Welsh, da Danish,
de German, dv Divehi, dz Dzongkha, ee Ewe, el Greek, en English, eo Esperanto, es Spanish,
et Estonian, eu Basque, fa Persian, ff Fula, fi Finnish, fj Fijian, fo Faroese, fr French,
fy Frisian, ga Irish, gd Scottish Gaelic, gl Galician, gn Guarani, gu Gujarati, gv Manx, ha Hausa,
he Hebrew, hi Hindi, ho Hiri Motu, hr Croatian, ht Haitian Creole, hu Hungarian, hy Armenian,
hz Herero, ia Interlingua, id Indonesian, ie Interlingue, ig Igbo, ii Nuosu, ik Inupiaq, io Ido,
is Icelandic, it Italian, iu Inuktitut, ja Japanese, jv Javanese, ka Georgian, kg Kongo,
ki Kikuyu, kj Kuanyama, kk Kazakh, kl Greenlandic, km Khmer, kn Kannada, ko Korean, kr Kanuri,
ks Kashmiri, ku Kurdish, kv Komi, kw Cornish, ky Kyrgyz, la Latin, lb Luxembourgish, lg Luganda,
li Limburgish, ln Lingala, lo Lao, lt Lithuanian, lu Luba-Katanga, lv Latvian, mg Malagasy,
mh Marshallese, mi Maori, mk Macedonian, ml Malayalam, mn Mongolian, mr Marathi, ms Malay,
mt Maltese, my Burmese, na Nauruan, nb Bokmal, nd North Ndebele, ne Nepali, ng Ndonga, nl Dutch,
nn Nynorsk, no Norwegian, nr South Ndebele, nv Navajo, ny Chichewa, oc Occitan, oj Ojibwa,
om Oromo, or Odia, os Ossetic, pa Punjabi, pi Pali, pl Polish, ps Pashto, pt Portuguese,
qu Quechua, rm Romansh, rn Kirundi, ro Romanian, ru Russian, rw Kinyarwanda, sa Sanskrit,
sc Sardinian, sd Sindhi, se Northern Sami, sg Sango, sh Serbo-Croatian, si Sinhala, sk Slovak,
sl Slovenian, sm Samoan, sn Shona, so Somali, sq Albanian, sr Serbian, ss Swazi, st Sotho,
su Sundanese, sv Swedish, sw Swahili, ta Tamil, te Telugu, tg Tajik, th Thai, ti Tigrinya,
tk Turkmen, tl Tagalog, tn Tswana, to Tongan, tr Turkish, ts Tsonga, tt Tatar, tw Twi,
ty Tahitian, ug Uyghur, uk Ukrainian, ur Urdu, uz Uzbek, ve Venda, vi Vietnamese, vo Volapuk,
wa Walloon, wo Wolof, xh Xhosa, yi Yiddish, yo Yoruba, za Zhuang, zh Chinese, zu Zulu,
ace Acehnese, ach Acholi, acm Iraqi Arabic, ady Adyghe, afb Gulf Arabic, aii Assyrian Neo-Aramaic,
apc Levantine Arabic, apd Sudanese Arabic, arn Mapudungun, ary Moroccan Arabic,
arz Egyptian Arabic, ast Asturian, bal Balochi, ban Balinese, bej Beja, bem Bemba, bho Bhojpuri,
blk Pa'O, brx Bodo, bua Buryat, bug Buginese, ceb Cebuano, chm Mari, ckb Sorani,
cmn Mandarin Chinese, cnh Hakha Chin, cnr Montenegrin, crh Crimean Tatar, crs Seychellois Creole,
ctd Tedim Chin, din Dinka, dje Zarma, doi Dogri, dyu Dioula, fil Filipino, fon Fon, fur Friulian,
fuv Nigerian Fulfulde, fvr Fur, gaa Ga, gsw Swiss German, guz Kisii, hak Hakka, haw Hawaiian,
haz Hazaragi, hif Fiji Hindi, hil Hiligaynon, hmn Hmong, hsb Upper Sorbian, ilo Iloko,
jam Jamaican Patois, kab Kabyle, kac Jingpho, kam Kamba, kbd Kabardian, kha Khasi, kmr Kurmanji,
kok Konkani, krc Karachay-Balkar, kri Krio, ksw S'gaw Karen, kum Kumyk, kyu Western Kayah,
lez Lezghian, lua Tshiluba, luo Dholuo, lus Mizo, mai Maithili, mas Maasai, men Mende, mer Kimeru,
mfe Mauritian Creole, min Minangkabau, mni Meitei, mnw Mon, mos Mossi, mwl Mirandese, myv Erzya,
nan Min Nan, nds Low German, nog Nogai, nso Northern Sotho, nus Nuer, nyn Runyankole,
pap Papiamento, pcm Nigerian Pidgin, pes Iranian Persian, prs Dari, quc K'iche', rhg Rohingya,
rif Tarifit, rom Romani, rue Rusyn, sah Sakha, sat Santali, scn Sicilian, sco Scots,
sdh Southern Kurdish, shi Tashelhit, shn Shan, sid Sidaama, skr Saraiki, srn Sranan Tongo,
swc Congo Swahili, syr Syriac, tem Temne, teo Ateso, tet Tetum, tig Tigre, tmh Tamashek,
tpi Tok Pisin, tum Tumbuka, tyv Tuvan, tzm Central Atlas Tamazight, udm Udmurt, umb Umbundu,
war Waray, wuu Wu, xal Kalmyk, yue Cantonese, zgh Amazigh, zza Zazaki
"""
#: Primary subtag of a language tag -> English name.
LANGUAGES = dict(entry.strip().split(" ", 1) for entry in _LANGUAGES.replace("\n", " ").split(", "))

#: As they are written: BCP 47 knows no case, people write `en` and sometimes `EN`.
PRIMARY_SUBTAGS = tuple(sorted({*LANGUAGES, *map(str.upper, LANGUAGES)}))


@cache
def zones() -> frozenset[str]:
    """Return the names of IANA time zones, as this version of the tzdata package knows them."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())
