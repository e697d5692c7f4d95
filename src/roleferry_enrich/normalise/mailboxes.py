"""Which mailboxes are nobody's own, and which domains are no company's: short lists of our own.

They decide a label and what may be concluded, never whether an address is accepted; so a missing
entry costs little and the lists stay short enough to read.
"""

from roleferry_enrich.normalise.text import word_set

ROLES = word_set(
    """
    abuse accountant accounting accounts admin administration administrator advertising all
    anfrage appointments apply assistant atendimento ausbildung bestellung bewerbung billing board
    booking bookings buchhaltung business buying career careers catering ceo-office comercial
    commercial communication communications compliance contact contactenos contacto contactus
    contato corporate credit customer customercare customers customerservice data
    dataprotection datenschutz design desk dev digital direction director directors direkt dpo
    ecommerce editor editorial education email empfang enquire enquiries enquiry events everyone
    export feedback finance financial founders frontdesk geschaeftsfuehrung general global gdpr
    group hallo hello help helpdesk hi hostmaster hq hr human-resources info infos information
    informatique inquiries inquiry international investor investorrelations investors invoice
    invoices it jobs karriere kontakt kundenservice legal licensing mail mailbox mailer-daemon main
    management manager marketing media members membership news newsletter no-reply noc noreply
    office offices online operations opinions orders partner partners partnerships payments
    payroll people postmaster pr presse press privacy procurement production projects
    purchasing quality questions reception recruiting recruitment registrations remove
    reservations returns root rh sales sec secretary security service services shop social
    solutions spam staff studio subscribe suporte support talent team tech technical
    technik test training travel usenet vacancies ventas verkauf vertrieb verwaltung web
    webadmin webinfo webmaster website welcome wholesale work www
    """
)
"""Local parts, without what separates their words, that name a function and not a person."""

FREE = word_set(
    """
    126.com 139.com 163.com aim.com aliyun.com aol.com att.net bellsouth.net bigpond.com bk.ru
    blueyonder.co.uk bluewin.ch bol.com.br btinternet.com charter.net comcast.net cox.net daum.net
    duck.com earthlink.net email.com eircom.net email.cz fastmail.com fastmail.fm foxmail.com
    free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com
    hanmail.net hey.com home.nl hotmail.be hotmail.ca hotmail.co.uk hotmail.com hotmail.com.au
    hotmail.com.br hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hushmail.com icloud.com
    ig.com.br inbox.com inbox.lv inbox.ru interia.pl juno.com laposte.net libero.it list.ru live.ca
    live.co.uk live.com live.com.au live.de live.fr live.it live.nl mac.com mail.com mail.de
    mail.ru me.com msn.com naver.com netscape.net ntlworld.com o2.pl oi.com.br onet.pl optonline.net
    optusnet.com.au orange.fr outlook.com outlook.de outlook.es outlook.fr outlook.it pm.me
    posteo.de proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com
    rogers.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com sohu.com
    sympatico.ca t-online.de talktalk.net telenet.be telia.com telus.net terra.com.br tin.it
    tiscali.co.uk tiscali.it tuta.com tutanota.com ukr.net uol.com.br verizon.net virgilio.it
    virginmedia.com vodafone.it walla.co.il wanadoo.fr web.de windstream.net wp.pl xtra.co.nz
    ya.ru yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar
    yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.de yahoo.es yahoo.fr yahoo.in yahoo.it yandex.com
    yandex.ru yeah.net ymail.com zoho.com zoznam.sk
    """
)
"""Domains where anybody may have a mailbox, so that the domain says nothing of an employer."""

DISPOSABLE = word_set(
    """
    10minutemail.com 10minutemail.net 20minutemail.com anonbox.net burnermail.io chacuo.net
    discard.email discardmail.com dispostable.com emailondeck.com fakeinbox.com fakemail.net
    getairmail.com getnada.com grr.la guerrillamail.biz guerrillamail.com guerrillamail.de
    guerrillamail.info guerrillamail.net guerrillamail.org guerrillamailblock.com harakirimail.com
    inboxbear.com inboxkitten.com incognitomail.org jetable.org mail-temp.com mail.tm mailcatch.com
    maildrop.cc mailexpire.com mailinator.com mailinator.net mailnesia.com mailnull.com mailsac.com
    minuteinbox.com mintemail.com moakt.com mohmal.com mytemp.email mytrashmail.com nada.email
    sharklasers.com spam4.me spambog.com spambox.us spamgourmet.com spamex.com tempail.com
    temp-mail.io temp-mail.org tempinbox.com tempmail.com tempmail.net tempmailo.com tempr.email
    throwawaymail.com trash-mail.com trashmail.com trashmail.de trashmail.net trbvm.com
    wegwerfmail.de yopmail.com yopmail.fr yopmail.net
    """
)
"""Domains of mailboxes that are thrown away within the hour."""
