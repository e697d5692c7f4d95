"""Legal forms of companies, as registers of the world and their users write them. Tables only.

Spellings are folded words (`normalise.text.words`), with "and" for "&".
"""

from types import MappingProxyType

from roleferry_enrich.normalise.text import word_set

_TABLE = """
limited: limited, ltd, private limited, pvt ltd, pvt limited, pte ltd, pte limited, pty ltd, pty
    limited, proprietary limited, p ltd, co ltd, co limited, company limited, ltda, limitada, sdn
    bhd, sendirian berhad, unlimited, cyf, cyfyngedig, teoranta, teo, limited company, lcc,
    private ltd, corporation limited, corp ltd, clg, company limited by guarantee, dac, uc, ulc,
    designated activity company, unlimited company, unlimited liability company, ltee, limitee,
    inc ltee, lda, unipessoal lda, sociedade unipessoal lda, cia ltda, eireli, ltda me, ltda epp,
    sociedade limitada, sociedade por quotas, cong ty tnhh
public limited: plc, public limited company, berhad, bhd, ccc, tbk, public company limited, pcl, p
    l c
limited liability company: llc, l l c, limited liability company, pllc, ooo, obschestvo s
    ogranichennoy otvetstvennostyu, obshchestvo s ogranichennoy otvetstvennostyu, too, tov, mmc,
    limited liability co, odo, tovarystvo z obmezhenoyu vidpovidalnistyu, tovaristvo z obmezhenoyu
    vidpovidalnistyu, obschestvo s ogranichennoi otvetstvennostyu, obshchestvo s ogranichennoi
    otvetstvennostyu, tovarishchestvo s ogranichennoy otvetstvennostyu
limited liability partnership: llp, limited liability partnership, lllp
limited partnership: limited partnership, lp, l p
incorporated: inc, incorporated, corp, corporation, co inc
gmbh: gmbh, gesellschaft mit beschraenkter haftung, gesellschaft mit beschrankter haftung, mbh,
    gesellschaft mbh, gesellschaft m b h, unternehmergesellschaft haftungsbeschrankt,
    unternehmergesellschaft, ggmbh, ug, ug haftungsbeschraenkt, ug haftungsbeschrankt, ges m b h,
    gesmbh
einzelkaufmann: ek, e k, ekfm, e kfm, ekfr, e kfr, eingetragener kaufmann
gmbh & co kg: gmbh and co kg, gmbh co kg, ag and co kg, gmbh and co kgaa, ug and co kg, se and co
    kg, ag and co kgaa, se and co kgaa
kommanditgesellschaft: kg, kgaa, kommanditgesellschaft, kommanditgesellschaft auf aktien, k s, ks,
    komanditni spolecnost, kb, p s
offene handelsgesellschaft: ohg, offene handelsgesellschaft, gbr, hb, ans, da, vos, v o s,
    maatschap
aktiengesellschaft: ag, aktiengesellschaft, akg
eingetragener verein: ev, e v, asbl, vzw, ivzw, aisbl
genossenschaft: eg, e g, sce, coop, soc coop, societa cooperativa, soc coop a rl, scrl, crl, osk,
    coop ua, cooperatie ua, cooperatief ua, ua, amba, a m b a, eeig, ewiv
stichting: stichting
societas europaea: se, societas europaea
sociedad anonima: sa, sociedad anonima, societe anonyme, s a, sa de cv, sapi de cv, sab de cv, s a
    de c v, sociedade anonima, saa, sac, sau, scpa, sgps sa, sgps, societa per azioni, spa, s p a,
    sa esp, ca, c a, sociedad anonima de capital variable, compania anonima
sarl: sarl, societe a responsabilite limitee, s a r l, sa rl, eurl, sarlu, selarl
sas: sas, sasu, societe par actions simplifiee, s a s, sas esp, societe par actions simplifiee
    unipersonnelle, sociedad por acciones simplificada
srl: srl, srls, societa a responsabilita limitata, s r l, societatea cu raspundere limitata, s de
    rl de cv, s de rl, sociedad de responsabilidad limitada, sociedad limitada unipersonal, sl,
    slu, s l, sociedad limitada
snc: snc, scop, societe en nom collectif, societa in nome collettivo, sci, scs, sca, gie, sccl
besloten vennootschap: bv, besloten vennootschap, b v, bv bv, vof, cv
societe privee a responsabilite limitee: sprl, bvba, cvba, b v b a, s p r l
naamloze vennootschap: nv, naamloze vennootschap, n v
aktiebolag: ab, aktiebolag, ab publ, aktiebolaget, oyj abp, abp
aktieselskab: as, a s, aps, aktieselskab, anpartsselskab, asa, aksjeselskap, i s,
    allmennaksjeselskap
osakeyhtio: oy, oyj, osakeyhtio, oy ab, oyj abp, ky, tmi, ay
spolka: sp z oo, sp zoo, sp z o o, spzoo, spolka z ograniczona odpowiedzialnoscia, sp k, sp j,
    spolka akcyjna, sp z oo sp k, spolka z oo
central european: sro, s r o, spol s r o, spol s ro, spol sro, dooel, shpk, sh p k, sha, sh a, as,
    doo, d o o, dd, d d, kft, zrt, nyrt, bt, eood, ood, ead, ad, uab, sia, ou, osauhing, ehf, hf,
    jdoo, korlatolt felelossegu tarsasag, zartkoruen mukodo reszvenytarsasag, spolecnost s rucenim
    omezenym, akciova spolecnost, spolocnost s rucenim obmedzenym, drustvo s ogranicenom
    odgovornoscu, drustvo sa ogranicenom odgovornoscu, sabiedriba ar ierobezotu atbildibu,
    uzdaroji akcine bendrove, aktsiaselts
joint stock: jsc, ojsc, cjsc, pjsc, joint stock company, open joint stock company, closed joint
    stock company, public joint stock company, oao, zao, pao, ao, aktsionernoe obschestvo,
    publichnoe aktsionernoe obschestvo, otkrytoe aktsionernoe obschestvo, zakrytoe aktsionernoe
    obschestvo, at, pat, prat, jsc co, aktsionernoe obshchestvo, publichnoe aktsionernoe
    obshchestvo, otkrytoe aktsionernoe obshchestvo, zakrytoe aktsionernoe obshchestvo, aktsionerne
    tovaristvo, privatne aktsionerne tovaristvo, publichne aktsionerne tovaristvo, cong ty co phan
unitary enterprise: fgup, gup, mup, state unitary enterprise, federal state unitary enterprise,
    federalnoe gosudarstvennoe unitarnoe predpriyatie, gosudarstvennoe unitarnoe predpriyatie
greek: ae, a e, epe, e p e, oe, o e, ike, i k e, anonymi etaireia
east asian: kk, kabushiki kaisha, kabushiki gaisha, gk, godo kaisha, yk, co ltd, jyoint
turkish: as, anonim sirketi, san ve tic as, sanayi ve ticaret as, san ve tic ltd sti, sanayi ve
    ticaret anonim sirketi, sanayi ve ticaret limited sirketi, sanayi ve ticaret ltd sti, limited
    sirketi, ltd sti, ao
middle east: fzc, fze, fz llc, fzco, wll, psc, dmcc, saog, saoc, sal, ksc, kscc, sae, qsc, qpsc,
    kscp, sak, bsc, ذمم, ش ذ م م, בע מ, בעמ, ش م م
american: pc, pa, na, p c, lc, chartered, chtd, trust company na, national association
south african: cc, npc, rf, soc ltd
indonesian: pt, cv, persero, pt persero, perseroan terbatas
british: cic, community interest company, cio, slp, cbp
"""


def _spellings() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for line in _TABLE.strip().replace("\n    ", " ").splitlines():
        form, _, spellings = line.partition(":")
        for spelling in spellings.split(","):
            found.setdefault(tuple(spelling.split()), form)
    return found


LEGAL_FORMS = MappingProxyType(_spellings())
"""Folded words -> the family of the form."""

LONGEST = max(len(spelling) for spelling in LEGAL_FORMS)

_SHORT_IN_FRONT = word_set(
    "ooo oao zao pao ao jsc ojsc cjsc pjsc pt tov srl sarl uab sia ab oy llc too ou eurl sci "
    "selarl fgup gup mup prat stichting messrs"
)
_WRITTEN_OUT = 12
IN_FRONT = frozenset(
    {
        *((word,) for word in _SHORT_IN_FRONT),
        *(form for form in LEGAL_FORMS if len(form) > 1 and len("".join(form)) >= _WRITTEN_OUT),
        *(("m", "s"), ("cong", "ty", "tnhh"), ("cong", "ty", "co", "phan")),
    }
)
"""Forms that stand before the name: in some countries short ones, anywhere what is written out."""

WORDS_TOO = word_set(
    """
    ab ad ag ao as at bt bv ca cc cic cio cv da dd eg ev gk hf ip kg kk ks ky lc lp na nv ou pa
    pat pc pt rf sa sal sac sau sca sci se sia sl slp spa teo too tov ug yk psc npc soc ae ans ay
    bsc coop da dac ek epe gup hb ike kb lda mup oe sak sce scop sha ua uc
    """
)
"""Forms that are also words or initials: taken as forms only in capitals or with full stops."""

UNSPACED = (
    "股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "株式会社", "有限会社", "合同会社",
    "주식회사", "유한회사", "(주)", "（株）", "(株)", "㈱", "㈜",
    "บริษัท", "จำกัด (มหาชน)", "จำกัด",
)  # fmt: skip
"""Forms written without a space beside the name."""

UNMISTAKABLE = word_set(
    "limited ltd llp plc gmbh llc inc incorporated corp corporation aktiengesellschaft sarl "
    "nominees trustees holdings secretaries"
)
"""Words that make a name an organisation's wherever a person's was expected."""
