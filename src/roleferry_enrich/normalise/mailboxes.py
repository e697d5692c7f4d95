"""Which mailboxes are nobody's own, and which domains are no company's.

They decide a label and what may be concluded, never whether an address is accepted; so a missing
entry costs little. Public lists of free mail hold universities and insurers too, whose addresses do
name an employer; so that list is our own, of providers that give mailboxes to anybody.
"""

from roleferry_enrich.normalise.text import word_set

ROLES = word_set(
    """
    abuse accountant accounting accounts accueil achats acquisti admin administracao administratie
    administration administrator advertising all amministrazione anfrage apply appointments
    assistant atendimento ausbildung bestellung bewerbung bewerbungen billing board boekhouding
    booking bookings buchhaltung business buying career careers catering ceo-office comercial
    commercial communication communications compliance compras comptabilite contabilidad contact
    contactenos contacto contactus contato corporate credit customer customercare customers
    customerservice data dataprotection datenschutz design desk dev digital direction director
    directors direkt direzione dpo ecommerce editor editorial education einkauf email empfang
    enquire enquiries enquiry events everyone export facturation facturen factuur feedback finance
    financeiro financial founders frontdesk gdpr general gerencia geschaeftsfuehrung global group
    hallo hello help helpdesk hi hostmaster hq hr human-resources info information informatique
    infos inkoop inquiries inquiry international investor investorrelations investors invoice
    invoices it jobs karriere klantenservice kontakt kundenservice legal licensing mail mailbox
    mailer-daemon main management manager marketing media members membership news newsletter
    no-reply noc noreply office offices online operations opinions orders partner partners
    partnerships payments payroll people personalabteilung post postmaster poststelle pr press
    presse privacy procurement production projects purchasing quality questions receptie reception
    rechnung recruiting recruitment recrutement registrations remove reservations returns rh root
    rrhh sales sec secretariat secretary security segreteria sekretariat service service-client
    services shop social solutions spam staff studio subscribe suporte support talent team tech
    technical technik tesoreria test training travel usenet vacancies vendas vendite ventas verkauf
    verkoop vertrieb verwaltung web webadmin webinfo webmaster website welcome wholesale work www
    zentrale
    """
)
"""Local parts, without what separates their words, that name a function and not a person."""

FREE = word_set(
    """
    126.com 139.com 163.com 189.cn 21cn.com 263.net abv.bg aim.com alice.it aliceadsl.fr aliyun.com
    ameritech.net aol.com aon.at arcor.de arnet.com.ar att.net azet.sk bellnet.ca bellsouth.net
    bezeqint.net bigmir.net bigpond.com bigpond.net.au bk.ru bluemail.ch bluewin.ch blueyonder.co.uk
    bol.com.br box.az bredband.net broadpark.no bsnl.in btinternet.com btopenworld.com casema.nl
    centrum.cz centrum.sk centurylink.net charter.net chello.at chello.nl citromail.hu
    club-internet.fr cogeco.ca comcast.net comhem.se cox.net cs.com daum.net dbmail.com docomo.ne.jp
    duck.com earthlink.net eastlink.ca eircom.net email.com email.cz email.it emirates.net.ae
    epost.de etisalat.ae euskalnet.net ewetel.net excite.com ezweb.ne.jp fastmail.com fastmail.net
    fibertel.com.ar foxmail.com free.fr freemail.hu freenet.de freeserve.co.uk frontier.com
    frontiernet.net gazeta.pl get2net.dk globo.com globomail.com glocalnet.net gmail.com gmx.com
    gmx.net go.com googlemail.com hanmail.net hetnet.nl hey.com hinet.net hispavista.com hispeed.ch
    home.nl hot.ee hotmail.com hughes.net hushmail.com i.softbank.jp i.ua icloud.com ig.com.br
    in.com inbox.com inbox.eu inbox.lv inbox.ru indiatimes.com inode.at interia.pl internode.on.net
    inwind.it iol.it iol.pt juno.com kabelmail.de keemail.me kolumbus.fi kpnmail.nl laposte.net
    lavabit.com libero.it lineone.net list.ru live.at live.be live.ca live.cl live.cn live.co.uk
    live.com live.com.ar live.com.au live.com.mx live.com.pt live.de live.dk live.fr live.ie live.in
    live.it live.jp live.nl live.no live.se lycos.com mac.com magnet.ie mail.bg mail.com mail.com.tr
    mail.de mail.dk mail.ee mail.gr mail.ru mail.ua mail2world.com mailbox.org mailfence.com me.com
    meta.ua mindspring.com msa.hinet.net msn.com mts.net mweb.co.za mynet.com nate.com naver.com
    naver.jp nb.sympatico.ca netcologne.de netscape.net netvigator.com netvision.net.il netzero.com
    netzero.net neuf.fr nifty.com ntlworld.com numericable.fr nym.hush.com o2.co.uk o2.pl
    o2online.de oi.com.br onet.pl online.de online.no ono.com op.pl optonline.net optusnet.com.au
    orange.es orange.fr orange.net outlook.com pacbell.net pacific.net.sg pandora.be pchome.com.tw
    plala.or.jp planet.nl pm.me pobox.com poczta.onet.pl post.cz poste.it posteo.de prodigy.net
    prodigy.net.mx proton.ch proton.me protonmail.ch protonmail.com q.com qq.com quicknet.nl r7.com
    rambler.ru rambler.ua rediff.com rediffmail.com roadrunner.com rocketmail.com rogers.com rr.com
    runbox.com sapo.pt sasktel.net sbcglobal.net scarlet.be seed.net.tw seznam.cz sfr.fr shaw.ca
    sify.com simnet.is sina.com singnet.com.sg sky.com skynet.be snet.net softbank.ne.jp sohu.com
    spray.se starhub.net.sg startmail.com stofanet.dk streamyx.com suddenlink.net sunrise.ch
    superonline.com surfeu.de swbell.net swissonline.ch sympatico.ca t-online.de t-online.hu
    talktalk.net tdcadsl.dk tele2.nl tele2.se telefonica.net telenet.be telenor.dk telepac.pt
    teletu.it telfort.nl telia.com telkomsa.net telus.net telusplanet.net terra.cl terra.com.br
    terra.es tesco.net tin.it tiscali.co.uk tiscali.it tlen.pl tom.com tpg.com.au ttmail.com
    tuta.com tuta.io tutamail.com tutanota.com tvcablenet.be twc.com ukr.net unitybox.de
    unitymedia.de uol.com.br upcmail.cz upcmail.nl usa.com usa.net verizon.net versanet.de
    versatel.nl videotron.ca vip.163.com vip.qq.com vip.sina.com virgilio.it virginmedia.com
    vivaldi.net vnn.vn vodafone.de vodafone.it vodafonethuis.nl volny.cz vp.pl vsnl.com walla.co.il
    walla.com wanadoo.fr web.de webmail.co.za westnet.com.au wi.rr.com windstream.net wow.com
    wowway.com wp.pl xs4all.nl xtra.co.nz ya.ru yahoo.com yahoomail.com yam.com yandex.com yeah.net
    ymail.com zahav.net.il ziggo.nl zoho.com zonnet.nl zoznam.sk
    """
)
"""Domains where anybody may have a mailbox, so that the domain says nothing of an employer."""

FREE_EVERYWHERE = word_set("yahoo hotmail outlook gmx yandex fastmail posteo")
"""The same under the code of any country: `yahoo.co.nz`, `hotmail.se`, `gmx.at`."""

DISPOSABLE = word_set(
    "burnermail.io mail-temp.com spamgourmet.com temp-mail.io tempmail.com tempmail.net"
)
"""Domains of mailboxes thrown away within the hour that the public list (`emails`) has not."""
