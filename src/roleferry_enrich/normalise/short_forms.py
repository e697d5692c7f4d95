"""Short forms of given names that the package `nicknames` (English) lacks. A table only.

Registers show the full name, social profiles the short one. A Ukrainian stands in a Russian form of
the name elsewhere, so those are forms of one name too. Spellings are folded.
"""

from collections.abc import Mapping
from types import MappingProxyType

_TABLE = """
agnieszka: aga
aleksander: alek, olek
aleksandra: ola, sasha
alexander: sasha, sascha, alec, xander, alexandre, aleksandr, oleksandr
aleksandr: sasha
andrei: andrey, andriy, andrii
annamaria: annie
antonio: tono, toni, tonino
antonius: toon, ton
benedikt: beni, bene
bernardus: ben
caroline: caro, line
catherine: cathy, cat
christopher: kit
concepcion: concha, conchita
cornelis: kees, cor
daniela: dani
dmitri: dima, dmitry, dmitriy, dmytro
dolores: lola
eduardo: edu, lalo
ekaterina: katya
elisabeth: elsa, lisbeth, sissi, lies, liesbeth
elzbieta: ela
emmanuel: manu
enrique: quique, kike
evgeny: zhenya, evgeniy, yevgeny, yevhen
evgeniy: zhenya
ewa: ewka
federico: fede
francesca: franci, francy
francesco: franco
francisco: paco, pancho, kiko
friedrich: fritz
gabriele: gabi, gaby
gabriela: gabi, gaby
geoffrey: jeffrey
george: georg, georges
gillian: gill, jill
giovanni: gianni, vanni
giuseppe: beppe, peppe, pino
grzegorz: grzes
guadalupe: lupe
guillermo: memo, guille
hendrik: henk, rik
ignacio: nacho, inaki
isabel: isa
ivan: vanya
jakub: kuba
jean: jeannot
jesus: chus, chuy
johanna: hanna, hanne
johannes: hannes, hans, joop
josef: sepp, pepi
jose: pepe, ze
juan: juanito
jurgen: jurg
karolina: karo
katarzyna: kasia
katharina: kathi, kati, kaethe, kathe
krzysztof: krzys, krzysiek
lars: lasse
lorenzo: renzo
luigi: gigi
lukasz: luki
malgorzata: gosia, malgosia
manuel: manolo, manu
maria: mia, mitzi
marcelo: chelo
margarethe: grete, gretel
matthias: matze, hias
maximilian: maxi
michael: michi, michel
michal: michas
mikhail: misha, mykhailo
mohammed: mohammad, muhammad, mohamed, mo
natalia: natasha
nicola: nicky, nikki
nikolai: kolya, nikolay, mykola
nikolaus: klaus, niko, claus
olga: olya
padraig: paddy, pat, patrick
patrick: paddy
pavel: pasha
philip: philipp, philippe, phillip
pieter: piet
piotr: piotrek
raffaele: lele, raf
roberto: beto, berto
rosario: charo
salvatore: toto, turi
sebastian: basti, bastian
sergei: seryozha, sergey, serhiy, serhii
siobhan: shiv
stanislaw: staszek
stephen: steven, stefan
svetlana: sveta
tadhg: tim
tatiana: tanya
theresa: resi
tomasz: tomek
ulrich: uli
ursula: uschi, ulla
valentina: valya
vincenzo: enzo
vladimir: volodya, volodymyr, vova
werner: werni
wilhelm: willi, willy
willem: wim, pim
wojciech: wojtek
wolfgang: wolf, wolfi
yekaterina: katya
yuri: yura
zbigniew: zbyszek
"""


def _forms() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _TABLE.strip().splitlines():
        full, _, shorts = line.partition(": ")
        for short in shorts.split(", "):
            found[short] = (*found.get(short, ()), full)
    return found


FULL_FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(_forms())
"""Short form -> the names it stands for."""
