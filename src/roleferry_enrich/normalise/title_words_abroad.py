"""Job titles in German, French, Spanish, Italian, Dutch and Portuguese, in English. A table only.

What each says of seniority and department is then read in one language, and a Geschäftsführer, a
gérant and a managing director are one title. Accents may be left out, umlauts written with an e.
"""

from collections.abc import Iterator
from textwrap import dedent
from types import MappingProxyType

from roleferry_enrich.normalise.text import words

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def _translations(table: str) -> Iterator[tuple[str, str]]:
    """`english: phrase, phrase` lines as phrase -> English; an indented line goes on."""
    for line in dedent(table).strip().replace("\n    ", " ").splitlines():
        english, _, phrases = line.partition(":")
        for phrase in phrases.split(","):
            for spelt in (phrase, phrase.translate(_UMLAUTS)):
                yield " ".join(words(spelt)), english


ENGLISH = MappingProxyType(
    dict(
        _translations(
            """
        managing director: geschäftsführer, geschäftsführerin, geschäftsführung, gérant, gérante,
            gérance, algemeen directeur, directeur général, directrice générale, director general,
            directora general, direttore generale, direttrice generale, diretor geral,
            diretora geral, gerente general, gerente geral, amministratore unico, bestuurder,
            zaakvoerder, statutair directeur, mitglied der geschäftsführung
        deputy managing director: directeur général adjoint, directrice générale adjointe, dga,
            stellvertretender geschäftsführer, director general adjunto
        chairman: vorsitzender der geschäftsführung, vorsitzende der geschäftsführung,
            sprecher der geschäftsführung, vorstandsvorsitzender, vorstandsvorsitzende,
            vorstandssprecher, aufsichtsratsvorsitzender, aufsichtsratsvorsitzende,
            vorsitzender des aufsichtsrats, vorsitzende des aufsichtsrats,
            vorsitzender des vorstands, vorsitzende des vorstands,
            président du conseil d'administration, présidente du conseil d'administration,
            président du directoire, presidente del consejo, presidenta del consejo,
            presidente del consejo de administración, presidente do conselho,
            presidente do conselho de administração, presidente del consiglio di amministrazione,
            presidente del consiglio, presidente del cda, voorzitter, bestuursvoorzitter
        chief executive officer: consejero delegado, consejera delegada, amministratore delegato,
            amministratrice delegata, administrador delegado, administradora delegada, pdg,
            président directeur général, présidente directrice générale, diretor presidente,
            diretora presidente, diretor executivo, diretora executiva, director ejecutivo,
            directora ejecutiva, gedelegeerd bestuurder, alleinvorstand
        president: président, présidente, presidente, presidenta, präsident, präsidentin
        board member executive: vorstand, vorständin, vorstandsmitglied, mitglied des vorstands,
            mitglied im vorstand, membre du directoire, membre du comité exécutif,
            administrador, administradora, administrateur délégué
        board member: aufsichtsrat, aufsichtsrätin, aufsichtsratsmitglied,
            mitglied des aufsichtsrats, administrateur, administratrice, consigliere,
            consigliera, consigliere di amministrazione, consejero, consejera, conselheiro,
            conselheira, vogal, commissaris, raad van commissarissen, membre du conseil
            d'administration, beirat,
            lid van de raad van bestuur
        non executive director: consejero independiente, administrateur indépendant,
            consigliere indipendente, consejero dominical, conselheiro independente
        company secretary: secretario del consejo, secretario general, secrétaire général,
            secrétaire générale, segretario generale, secretário geral
        owner: inhaber, inhaberin, propriétaire, propietario, propietaria, proprietario,
            proprietaria, proprietário, proprietária, eigenaar, eigenares, titolare,
            dueño, dueña, directeur grootaandeelhouder, directeur eigenaar, alleininhaber,
            geschäftsführender gesellschafter, geschäftsführende gesellschafterin,
            gesellschafter geschäftsführer, gesellschafterin geschäftsführerin
        founder: gründer, gründerin, firmengründer, fondateur, fondatrice, fundador, fundadora,
            fondatore, oprichter, oprichtster, socio fundador, sócio fundador, socia fundadora
        co founder: mitgründer, mitgründerin, mitbegründer, cofondateur, cofondatrice, cofundador,
            cofundadora, cofondatore, medeoprichter
        partner: associé, associée, socio, socia, sócio, sócia, gesellschafter, gesellschafterin,
            vennoot, sócio gerente, teilhaber
        managing partner: socio director, socia directora, associé gérant, sócio administrador,
            socio amministratore, geschäftsführender partner, managing vennoot
        finance director: daf, raf, directeur administratif et financier,
            directrice administrative et financière, kaufmännischer leiter, kaufmännische leiterin,
            kaufmännischer direktor
        managing director finance: kaufmännischer geschäftsführer, kaufmännische geschäftsführerin
        managing director engineering: technischer geschäftsführer, technische geschäftsführerin
        head of engineering: technischer leiter, technische leiterin, technische leitung
        director of engineering: directeur technique, directrice technique
        system administrator: administrateur système, administrateur systèmes,
            administrateur réseau, administrateur réseaux, administrador de sistemas,
            amministratore di sistema, systemadministrator, administrador de redes
        sales administrator: administrateur des ventes, administrador de ventas
        director human resources: drh, directeur des ressources humaines,
            directrice des ressources humaines
        director information technology: dsi, directeur des systèmes d'information
        director: directeur, directrice, direktor, direktorin, directora, direttore, direttrice,
            diretor, diretora, prokurist, prokuristin
        head: leiter, leiterin, leitung, leider, hoofd, jefe, jefa, capo, responsable, responsabile,
            responsável, responsabel, chef de, chef des, chef du, chefe de, chefin, bereichsleiter,
            bereichsleiterin, bereichsleitung, abteilungsleiter, abteilungsleiterin,
            abteilungsleitung, encargado, encargada, verantwoordelijke
        manager: gerente, gestionnaire, coordenador, coordenadora, coordinador, coordinadora,
            coordinatore, coordinatrice, coordinateur, coordinatrice, koordinator, koordinatorin,
            coördinator, encarregado, managerin, gestor, gestora, beheerder, teamleiter,
            teamleiterin, teamleitung, teamleider, gruppenleiter, gruppenleiterin, schichtleiter
        project manager: chef de projet, cheffe de projet, projektleiter, projektleiterin,
            projektleitung, projectleider, jefe de proyecto, jefa de proyecto, capo progetto,
            responsabile di progetto, gerente de projetos, chefe de projeto
        sales: vertrieb, verkauf, verkoop, ventes, ventas, vendas, vendite, commerciale, comercial,
            commercieel, commerciële, außendienst
        marketing: mercadotecnia
        finance: finanzen, financier, financière, financiero, financiera, finanzas, finances,
            finanza, finanziario, finanziaria, financeiro, financeira, finanças, financieel,
            financiële, financiën, buchhaltung, comptabilité, contabilidad, contabilidade,
            contabilità, boekhouding, rechnungswesen, trésorerie
        operations: betrieb, operaciones, operações, operazioni, opérations, exploitation, einkauf,
            inkoop, achats, compras, acquisti, produktion, productie, produzione, producción,
            produção, logistik, logistique, logística, logistica, logistiek, fertigung, betriebs
        human resources: personalwesen, rrhh, rh, ressources humaines, recursos humanos,
            risorse umane, personeel, personeelszaken, personale, hrm
        information technology: edv, informatik, informatique, informática, informatica,
            systèmes d'information, sistemas
        engineering: technik, technisch, technische, technique, técnico, técnica, tecnico,
            tecnica, entwicklung, ingénierie, ingeniería, engenharia, ingegneria, ontwikkeling
        legal: recht, rechtsabteilung, juridique, jurídico, jurídica, legale, juridisch,
            juridische zaken, affari legali, asuntos jurídicos
        customer service: kundenservice, kundendienst, service client, atención al cliente,
            atendimento ao cliente, assistenza clienti, klantenservice
        communications: kommunikation, comunicación, comunicação, comunicazione, communicatie
        research: forschung, recherche, investigación, ricerca, pesquisa, onderzoek
        quality: qualität, qualité, calidad, qualidade, qualità, kwaliteit
        administration: verwaltung, administración, administração, amministrazione, administratie
        executive assistant: assistentin der geschäftsführung, assistent der geschäftsführung,
            assistenz der geschäftsführung, assistentin der geschäftsleitung, vorstandsassistentin,
            vorstandsassistent, assistant de direction, assistante de direction,
            secrétaire de direction, asistente de dirección, assistente di direzione,
            directiesecretaresse, directieassistent, assistente de direção, chefsekretärin
        assistant: assistentin, assistenz, assistante, asistente, assistente, sekretärin
        senior: leitender, leitende
        lawyer: rechtsanwalt, rechtsanwältin, syndikusrechtsanwalt, syndikusrechtsanwältin,
            syndikus, avocat, avocate, abogado, abogada, avvocato, advogado, advogada, advocaat,
            juriste, justiziar
        trainee: auszubildende, auszubildender, azubi, praktikant, praktikantin, werkstudent,
            werkstudentin, stagiaire, alternant, alternante, becario, becaria, tirocinante,
            stagista, estagiário, estagiária, volontär, volontärin, apprenti
        engineer: ingenieur, ingenieurin, ingénieur, ingénieure, ingeniero, ingeniera, ingegnere,
            engenheiro, engenheira
        developer: entwickler, entwicklerin, développeur, développeuse, desarrollador,
            desarrolladora, sviluppatore, desenvolvedor, ontwikkelaar
        consultant: berater, beraterin, consultor, consultora, consulente, adviseur, conseiller
        accountant: buchhalter, buchhalterin, comptable, contable, contabile, contador, boekhouder
        clerk: sachbearbeiter, sachbearbeiterin, empleado, medewerker, impiegato
        """
        )
    )
)
"""Foreign phrase -> the English one; titles are read with these beside the abbreviations."""

HEADS = MappingProxyType(
    {
        **dict.fromkeys(("leiterin", "leiter", "leitung", "leider"), "head"),
        **dict.fromkeys(("vorstandin", "vorstand"), "board member executive"),
        **dict.fromkeys(("direktorin", "direktor", "directeur"), "director"),
        **dict.fromkeys(("geschaftsfuhrer", "geschaeftsfuehrer"), "managing director"),
    }
)
"""What German and Dutch compounds end in (`Vertriebsleiter`, `verkoopleider`)."""
