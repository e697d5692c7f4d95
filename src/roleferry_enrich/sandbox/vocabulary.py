"""The names that invented people are put together from, by the culture they come from.

Ordinary names of many cultures, because merging people goes wrong on accents, particles, short
forms and surnames that half a country shares; nobody in particular is meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Culture:
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]


def _culture(women: str, men: str, surnames: str) -> Culture:
    """From blank-separated words; an underscore stands for the blank in `van_der_Berg`."""
    return Culture(_words(women), _words(men), _words(surnames))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


CULTURES: Mapping[str, Culture] = MappingProxyType(
    {
        "english": _culture(
            """Alice Amanda Barbara Caroline Catherine Charlotte Christine Deborah Elizabeth Emily
            Emma Frances Gillian Hannah Harriet Helen Jacqueline Jane Jennifer Joanna Judith Julia
            Katherine Laura Lucy Margaret Mary Natalie Nicola Pamela Patricia Rachel Rebecca Ruth
            Samantha Sarah Sophie Susan Theresa Victoria""",
            """Alan Alexander Andrew Anthony Benjamin Charles Christopher Colin Daniel David Edward
            Frederick Geoffrey George Graham Gregory Henry Ian James John Jonathan Joseph Keith
            Kenneth Lawrence Martin Matthew Michael Nicholas Oliver Paul Peter Philip Raymond
            Richard Robert Roger Simon Stephen Stuart Thomas Timothy William""",
            """Ashworth Atkinson Barker Bennett Bradshaw Brown Carter Clarke Cooper Cox Davies
            Dawson Ellis Fletcher Foster Gibson Green Hall Hargreaves Harris Hartley Hill Holloway
            Hughes Jackson Johnson Jones Kemp Knight Lambert Marsh Mason Mills Mitchell Moore
            Osborne Palmer Parker Pearce Potter Read Roberts Robinson Saunders Shaw Smith Spencer
            Stevens Taylor Thompson Turner Walker Ward Watson Webb White Wilkinson Williams Wilson
            Wood Wright Fenwick Featherstone Barraclough Pickering""",
        ),
        "celtic": _culture(
            """Aileen Aoife Bronwen Caitlín Catriona Ceri Ciara Deirdre Eilidh Fiona Gwen Isla
            Kirsty Maeve Mairead Morag Niamh Nuala Orla Rhiannon Róisín Shona Siân Siobhán
            Sinéad""",
            """Aidan Alasdair Angus Brendan Callum Cian Conor Declan Dermot Donal Dylan Eoin Euan
            Fergus Gareth Hamish Iain Kevin Liam Malcolm Niall Oisín Padraig Rhys Rory Ruaridh
            Seán Gavin""",
            """Byrne Campbell Cameron Doyle Evans Fitzgerald Fraser Gallagher Griffiths Jenkins
            Kavanagh Kelly Lynch MacDonald MacKenzie MacLeod McAllister McCarthy McDonald McKenna
            McLaughlin Morgan Murphy Murray Nolan O'Brien O'Connor O'Donnell O'Neill O'Sullivan
            Powell Price Quinn Reid Ross Ryan Stewart Sutherland Walsh""",
        ),
        "south_asian": _culture(
            """Aisha Anjali Asha Ayesha Deepa Farah Fatima Geeta Kavita Lakshmi Meera Nadia
            Neha Nisha Parveen Pooja Priya Rekha Sana Sunita Uzma Zara""",
            """Ahmed Amit Anand Arjun Asif Bilal Deepak Farhan Gurpreet Harpreet Imran Karan Kiran
            Manish Mohammed Naveen Nikhil Omar Rahul Rajesh Ravi Sandeep Sanjay Sunil Tariq Vikram
            Vivek Yusuf""",
            """Ahmed Ali Begum Bhatt Chaudhry Chowdhury Das Desai Dhillon Gill Gupta Hussain
            Iyer Joshi Kapoor Kaur Khan Krishnan Kumar Malik Mehta Mistry Nair Patel Rahman Rao
            Reddy Shah Sharma Singh Subramaniam Venkataraman""",
        ),
        "west_african": _culture(
            """Abena Adaeze Akosua Amara Chiamaka Chioma Efua Folake Funmilayo Ifeoma Ngozi
            Temitope Titilayo Yaa Yetunde""",
            """Ade Babatunde Chidi Chinedu Emeka Femi Ikenna Kofi Kwabena Kwame Obinna Olumide
            Oluwaseun Segun Tunde""",
            """Abiola Achebe Adebayo Adeleke Adeyemi Agyeman Akande Asante Balogun Boateng Eze
            Mensah Nwosu Obi Odukoya Okafor Okonkwo Okoye Oladipo Owusu""",
        ),
        "german": _culture(
            """Andrea Anja Anke Birgit Britta Claudia Christina Franziska Gabriele Heike Ines
            Jutta Karin Katharina Kerstin Lena Maren Martina Petra Sabine Silke Ulrike Ute""",
            """Andreas Bernd Christian Dieter Dirk Florian Frank Gerhard Günter Hans-Peter Heinz
            Holger Jan Jens Joachim Jörg Jürgen Klaus Markus Matthias Rainer Sebastian Stefan Sven
            Thorsten Uwe Wolfgang""",
            """Bauer Baumgärtner Becker Böhm Brandt Fischer Fuchs Günther Hartmann Hoffmann Jäger
            Kaiser Keller Klein Koch König Köhler Krüger Lehmann Maier Meyer Möller Müller Neumann
            Richter Schäfer Schmidt Schmitt Schneider Schröder Schulz Schwarz Vogel von_Bülow
            von_der_Heide Wagner Weber Weiß Werner Zimmermann Groß""",
        ),
        "french": _culture(
            """Adèle Agnès Amélie Anne-Marie Aurélie Brigitte Cécile Céline Chloé Claire Élise
            Émilie Florence Françoise Hélène Isabelle Juliette Léa Manon Marion Nathalie Sylvie
            Véronique""",
            """Alain André Antoine Benoît Christophe Clément Édouard Étienne Fabien François
            Gérard Grégoire Guillaume Jean-Luc Jean-Pierre Jérôme Laurent Marc Mathieu Olivier
            Pascal Rémi Thibault Thierry Yves""",
            """Bernard Bertrand Blanchard Bonnet Chevalier Dubois Dupont Durand Faure Fontaine
            Fournier Garnier Girard Lambert Laurent Lefèvre Legrand Lemaire Leroy Martin Mercier
            Moreau Morel Perrin Petit Renard Robert Rousseau de_la_Fontaine de_la_Tour du_Plessis
            d'Aubigny Vidal Vasseur""",
        ),
        "dutch": _culture(
            """Anneke Annelies Carolien Esther Femke Fleur Ilse Ingrid Karin Lieke Linda Maaike
            Marieke Marloes Mirjam Renske Saskia Sanne Wendy Willemijn""",
            """Arjen Bart Bas Daan Dirk Erik Gerrit Hendrik Jaap Jan Jasper Jeroen Joost Kees
            Lars Maarten Martijn Pieter Rutger Ruud Sander Sjoerd Thijs Willem""",
            """Bakker Bos de_Boer de_Graaf de_Groot de_Jong de_Vries Dekker Dijkstra Hendriks
            Hoekstra Jansen Kuipers Meijer Mulder Peters Postma Smit Smits ten_Brink van_Beek
            van_den_Berg van_der_Meer van_der_Linden van_Dijk van_Leeuwen van_'t_Hoff Verhoeven
            Visser Vos""",
        ),
        "polish": _culture(
            """Agnieszka Aleksandra Anna Ewa Grażyna Joanna Karolina Katarzyna Magdalena
            Małgorzata Monika Wioletta Zofia""",
            """Andrzej Grzegorz Jacek Janusz Krzysztof Łukasz Marcin Marek Michał Paweł Piotr
            Rafał Tomasz Wojciech""",
            """Dąbrowski Jabłoński Kamiński Kaczmarek Kowalczyk Kowalski Król Lewandowski Mazur
            Nowak Pawłowski Wiśniewski Wójcik Zając Zieliński""",
        ),
        "iberian": _culture(
            """Ana_María Beatriz Carmen Catarina Cristina Daniela Elena Inés Isabel Lucía Luísa
            Mariana Marta Mónica Pilar Rocío Sofía Teresa Valentina Ximena""",
            """Alejandro Álvaro António Carlos Diego Eduardo Enrique Fernando Gonzalo Javier João
            Joaquín Jorge José_Luis Juan_Carlos Luis Manuel Miguel Paulo Ramón Rui Tiago Víctor""",
            """Almeida Álvarez Castillo Costa Cruz da_Silva de_la_Cruz de_la_Rosa Delgado
            dos_Santos Fernández Ferreira García Gómez González Gutiérrez Hernández Jiménez López
            Martínez Mendoza Morales Núñez Pereira Pérez Ramírez Rodríguez Sánchez Torres Vargas""",
        ),
        "italian": _culture(
            """Alessandra Bianca Chiara Elisa Francesca Giovanna Giulia Lucia Paola Silvia
            Simona Valeria""",
            """Alessandro Andrea Antonio Davide Fabio Giorgio Giuseppe Lorenzo Luca Marco Matteo
            Paolo Stefano""",
            """Bianchi Conti Costa D'Angelo De_Luca Di_Stefano Esposito Ferrari Gallo Greco Leone
            Marino Moretti Ricci Romano Rossi Santoro""",
        ),
        "nordic": _culture(
            """Anette Astrid Birgitta Freja Helle Ingeborg Karin Linnéa Maja Sigrid Solveig
            Åsa""",
            """Anders Bjørn Erik Gustav Håkon Henrik Jørgen Lars Magnus Nils Søren Torbjörn
            Øyvind""",
            """Andersen Andersson Åkesson Bergström Christensen Dahl Eriksson Hansen Johansson
            Jørgensen Larsen Lindqvist Nielsen Olsen Pedersen Sjöberg Sørensen""",
        ),
        "chinese": _culture(
            "Fang Grace Hui Jing Li Lin Mei Min Qian Xiu Xiaoyan Yan Ying Yue",
            "Bo Chao Feng Hao Jian Jun Kevin Lei Ming Peng Tao Wei Xin Zhiyuan",
            "Chan Chen Cheung Ho Huang Lau Lee Li Lin Liu Ng Wang Wong Wu Xu Yang Zhang Zhao",
        ),
        "arabic": _culture(
            "Amina Dalia Hala Hanan Huda Khadija Layla Leila Mariam Noor Rania Salma Yasmin",
            """Abdullah Ali Amir Bilal Faisal Hamid Hassan Ibrahim Karim Khalid Mahmoud Mehdi
            Mustafa Rachid Samir Youssef""",
            """Abbas Al-Farsi Al-Hashimi Aziz Belkacem Benali Bensaïd El-Masry El_Amrani Farouk
            Haddad Hamdan Khalil Mansour Nasser Saleh Younes""",
        ),
        "turkish": _culture(
            "Ayşe Aylin Derya Elif Emine Esra Fatma Gülay Merve Özlem Sevgi Zeynep",
            "Ahmet Burak Can Cem Emre Hakan İbrahim Kemal Mehmet Murat Onur Serkan Volkan Yusuf",
            "Arslan Aydın Çelik Demir Doğan Güneş Kaya Kılıç Koç Özdemir Öztürk Şahin Yıldız",  # noqa: RUF001  # the letter is meant
        ),
    }
)

CULTURES_OF_COUNTRY: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "GB": {
            "english": 56,
            "celtic": 16,
            "south_asian": 11,
            "west_african": 4,
            "polish": 3,
            "chinese": 3,
            "italian": 2,
            "iberian": 2,
            "arabic": 2,
            "french": 1,
        },
        "US": {
            "english": 50,
            "celtic": 12,
            "iberian": 15,
            "south_asian": 9,
            "chinese": 8,
            "italian": 6,
        },
        "DE": {"german": 76, "turkish": 10, "polish": 6, "english": 3, "nordic": 2, "italian": 3},
        "FR": {"french": 78, "arabic": 11, "iberian": 6, "italian": 3, "english": 2},
        "IE": {"celtic": 70, "english": 18, "polish": 6, "west_african": 3, "south_asian": 3},
        "NL": {"dutch": 78, "turkish": 6, "arabic": 6, "german": 4, "english": 4, "nordic": 2},
    }
)

NATIONALITY_OF_CULTURE: Mapping[str, str] = MappingProxyType(
    {
        "english": "British",
        "celtic": "Irish",
        "south_asian": "Indian",
        "west_african": "Nigerian",
        "german": "German",
        "french": "French",
        "dutch": "Dutch",
        "polish": "Polish",
        "iberian": "Spanish",
        "italian": "Italian",
        "nordic": "Swedish",
        "chinese": "Chinese",
        "arabic": "Moroccan",
        "turkish": "Turkish",
    }
)

NICKNAMES: Mapping[str, str] = MappingProxyType(
    dict(
        pair.split(":")
        for pair in _words(
            """Alexander:Alex Amanda:Mandy Andrew:Andy Anthony:Tony Barbara:Babs
        Benjamin:Ben Caroline:Caz Catherine:Cathy Catriona:Cat Charles:Charlie Charlotte:Lottie
        Christine:Chris Christopher:Chris Daniel:Dan David:Dave Deborah:Debbie Edward:Ted
        Elizabeth:Liz Frances:Fran Frederick:Fred Geoffrey:Geoff Gillian:Gill Gregory:Greg
        Harriet:Hattie Henry:Harry Jacqueline:Jackie James:Jim Jennifer:Jenny Joanna:Jo John:Jack
        Jonathan:Jon Joseph:Joe Judith:Judy Katherine:Kate Kenneth:Ken Lawrence:Larry Margaret:Peggy
        Matthew:Matt Michael:Mike Nicholas:Nick Nicola:Nicky Oliver:Ollie Pamela:Pam Patricia:Pat
        Philip:Phil Rachel:Rach Raymond:Ray Rebecca:Becky Richard:Dick Robert:Bob Samantha:Sam
        Stephen:Steve Stuart:Stu Susan:Sue Theresa:Terry Thomas:Tom Timothy:Tim Victoria:Vicky
        William:Bill Padraig:Paddy Declan:Dec Mohammed:Mo Harpreet:Harry Gurpreet:Gary
        Sanjay:Jay Oluwaseun:Seun Babatunde:Tunde Funmilayo:Funmi Katharina:Kathi Sebastian:Basti
        Matthias:Matze Joachim:Jo Gabriele:Gabi Katarzyna:Kasia Aleksandra:Ola Małgorzata:Gosia
        Alejandro:Álex Eduardo:Edu Francesca:Franci Giuseppe:Beppe Alessandro:Ale Hendrik:Henk
        Willem:Wim Maarten:Maart Guillaume:Guy Zhiyuan:Kevin"""
        )
    )
)
"""First names and the short form that people of that name are called by."""

HONORIFICS = ("Dr", "Prof.", "Sir", "Dame", "Lord", "Baroness")
