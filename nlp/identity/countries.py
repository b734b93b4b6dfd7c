# ruff: noqa: E501, RUF001 - a row a country, in the letters it writes
"""How addresses are written in many countries: what pairs for training and measuring are made of.

Hand-made. A street's `{type}` takes any of that type's spellings; cities are `name/other name:postcode prefix`; in a
postcode form `#` is a digit and `@` a letter after the city's prefix. `sn`: the number stands behind the street.
"""

from typing import Final, NamedTuple


class Land(NamedTuple):
    """One country's grammar, each field words separated by `;` (see the module)."""

    code: str
    order: str
    names: str
    types: str
    streets: str
    cities: str
    post: str
    regions: str
    units: str
    numbers: str = "{}"


LANDS: Final = (
    Land(
        "DE", "sn", "Germany;Deutschland;DE", "straße=straße,strasse,str.,Str.;weg=weg;platz=platz,pl.;allee=allee",
        "Haupt{straße};Bahnhof{straße};Schiller{straße};Goethe{straße};Linden{allee};Kirch{weg};Markt{platz};"
        "Friedrich{straße};Karl-Marx-{straße};Am Alten Markt;Rosen{weg};Berliner {straße};Mozart{straße};An der Eiche;"
        "Königs{allee};Wilhelm{straße};Ludwig{straße};Garten{weg};Burg{platz};Unter den Linden;Luisen{straße};Sonnen{weg}",
        "Berlin:10;München/Munich/Muenchen:80;Köln/Koeln/Cologne:50;Hamburg:20;Frankfurt am Main/Frankfurt:60;Leipzig:04;"
        "Nürnberg/Nuremberg:90;Stuttgart:70", "###", "Bayern;NRW;Hessen;Sachsen;BY", "Whg. ;Wohnung ;Top ", "{};Nr. {}",
    ),
    Land(
        "AT", "sn", "Austria;Österreich;AT", "straße=straße,strasse,str.;gasse=gasse,g.;platz=platz",
        "Mariahilfer {straße};Kärntner {straße};Linzer {gasse};Getreide{gasse};Haupt{platz};Wiedner Haupt{straße};Dorf{straße};"
        "Lerchenfelder {straße};Neubau{gasse};Herren{gasse};Schönbrunner {straße};Opern{gasse}",
        "Wien/Vienna:1;Graz:8;Linz:4;Salzburg:5;Innsbruck:6", "###", "Tirol;Steiermark", "Top ;Tür ",
    ),
    Land(
        "CH", "sn", "Switzerland;Schweiz;Suisse;CH", "strasse=strasse,str.,straße;rue=Rue,rue;platz=platz;gasse=gasse",
        "Bahnhof{strasse};Laupen{strasse};Markt{gasse};{rue} du Mont-Blanc;{rue} de Romont;Seefeld{strasse};Pilatus{strasse};"
        "Limmat{strasse};{rue} du Rhône;Baarer{strasse};Schmied{gasse};Stauffacher{strasse};{rue} de Lausanne",
        "Zürich/Zurich/Zuerich:80;Genève/Geneva/Genf:12;Basel/Bâle:40;Bern/Berne:30;Luzern/Lucerne:60", "##", "ZH;VD;GE;BE",
        "App. ",
    ),
    Land(
        "FR", "ns", "France;FR", "rue=rue,Rue,R.;avenue=avenue,Avenue,av.,Av;boulevard=boulevard,Bd,bd.,Blvd;place=place,Place,pl.;"
        "chemin=chemin,ch.,chem.;route=route,Route,rte",
        "{rue} de la République;{avenue} Victor Hugo;{boulevard} Saint-Michel;{place} de la Gare;{rue} du Faubourg Saint-Honoré;"
        "{rue} Jean Jaurès;{avenue} Charles de Gaulle;{rue} de l'Église;{chemin} des Vignes;{route} de Lyon;{rue} Pasteur;"
        "{boulevard} Voltaire;{rue} des Écoles;{rue} Nationale;{avenue} Foch;{rue} du Moulin;{rue} Gambetta;{place} Bellecour",
        "Paris:750;Lyon:690;Marseille:130;Toulouse:310;Bordeaux:330;Strasbourg:670;Nice:060;Saint-Étienne/St Etienne:420", "##",
        "Île-de-France;Rhône-Alpes;Occitanie", "Apt ;Appt. ", "{};{},",
    ),
    Land(
        "IT", "sn", "Italy;Italia;IT", "via=Via,via,V.;piazza=Piazza,P.zza,P.za,piazza;viale=Viale,V.le;corso=Corso,C.so;strada=Strada,Str.",
        "{via} Roma;{via} Giuseppe Garibaldi;{piazza} del Duomo;{corso} Vittorio Emanuele;{viale} della Libertà;{via} Dante Alighieri;"
        "{via} G. Mazzini;{piazza} San Marco;{via} Nazionale;{corso} Buenos Aires;{strada} Maggiore;{via} XX Settembre;{via} della Repubblica;"
        "{viale} Europa;{via} Tiburtina;{via} Cavour;{piazza} Garibaldi;{via} Monte Napoleone",
        "Roma/Rome:001;Milano/Milan:201;Firenze/Florence:501;Torino/Turin:101;Napoli/Naples:801;Venezia/Venice:301;Bologna:401;Padova/Padua:351",
        "##", "RM;MI;FI;TO;Lazio;Lombardia", "int. ", "{};, {};n. {};n° {}",
    ),
    Land(
        "ES", "sn", "Spain;España;ES", "calle=Calle,C/,C.,calle,Cl.;avenida=Avenida,Avda.,Av.,Avda;plaza=Plaza,Pza.,Pl.,Plaça;paseo=Paseo,Pº,P.,Passeig;"
        "carretera=Carretera,Ctra.",
        "{calle} Mayor;{calle} de Alcalá;{avenida} de la Constitución;{plaza} de España;{paseo} de Gracia;{calle} San Juan;{calle} Real;"
        "{avenida} Diagonal;{calle} Serrano;{calle} del Carmen;{carretera} de Madrid;{calle} Miguel de Cervantes;{avenida} de América;"
        "{calle} Velázquez;{plaza} Mayor;{calle} Gran Vía;{calle} Colón",
        "Madrid:280;Barcelona:080;Sevilla/Seville:410;Valencia/València:460;Zaragoza:500;Málaga/Malaga:290;Bilbao:480", "##",
        "Andalucía;Cataluña;Comunidad de Madrid", "Local ;Puerta ", "{};, {};nº {};, nº {};num. {}",
    ),
    Land(
        "PT", "sn", "Portugal;PT", "rua=Rua,R.,rua;avenida=Avenida,Av.,Avª;largo=Largo,Lg.;praça=Praça,Pç.,Praca;travessa=Travessa,Tv.",
        "{rua} Augusta;{avenida} da Liberdade;{rua} do Carmo;{praça} do Comércio;{rua} de Santa Catarina;{largo} do Chiado;{rua} Garrett;"
        "{avenida} da Boavista;{travessa} da Espera;{rua} Dr. António José de Almeida;{rua} do Almada;{avenida} Almirante Reis",
        "Lisboa/Lisbon:11;Porto/Oporto:40;Braga:47;Coimbra:30;Faro:80", "##-###", "Lisboa;Minho", "Loja ", "{};, {};nº {};N.º {}",
    ),
    Land(
        "BR", "sn", "Brazil;Brasil;BR", "rua=Rua,R.,rua;avenida=Avenida,Av.,Av;praça=Praça,Pça;alameda=Alameda,Al.;rodovia=Rodovia,Rod.",
        "{rua} das Flores;{avenida} Paulista;{rua} Augusta;{avenida} Brigadeiro Faria Lima;{alameda} Santos;{rua} Oscar Freire;{rua} XV de Novembro;"
        "{avenida} Atlântica;{praça} da Sé;{rua} Barão de Itapetininga;{rua} Sete de Setembro;{avenida} Getúlio Vargas;{rua} Marechal Deodoro",
        "São Paulo/Sao Paulo:01;Rio de Janeiro/Rio:20;Belo Horizonte/BH:30;Curitiba:80;Porto Alegre:90;Salvador:40", "###-###", "SP;RJ;MG;PR;RS",
        "Loja ;Sala ;Apto ;Cj ", "{};, {};, nº {};- {}",
    ),
    Land(
        "MX", "sn", "Mexico;México;MX", "calle=Calle,C.,Cll;avenida=Avenida,Av.,Ave.;boulevard=Boulevard,Blvd.,Bulevar;calzada=Calzada,Calz.",
        "{avenida} Insurgentes Sur;{calle} Hidalgo;{avenida} Paseo de la Reforma;{calle} Benito Juárez;{boulevard} Adolfo López Mateos;{calzada} de Tlalpan;"
        "{avenida} Revolución;{calle} Morelos;{avenida} Chapultepec;{calle} 5 de Mayo;{calle} Niños Héroes;{boulevard} Kukulcán",
        "Ciudad de México/CDMX/Mexico City:06;Guadalajara:44;Monterrey:64;Puebla:72;Mérida:97;Cancún:77", "###", "Jalisco;NL;CDMX;Puebla;Q.R.",
        "Local ;Int. ;Depto. ", "{};, {};No. {};#{};Núm. {}",
    ),
    Land(
        "AR", "sn", "Argentina;AR", "avenida=Avenida,Av.,Avda.;calle=Calle,", "{avenida} Corrientes;{avenida} Santa Fe;{calle} Florida;{calle} Lavalle;"
        "{avenida} Rivadavia;{calle} San Martín;{avenida} Cabildo;{calle} Belgrano;{calle} Mitre;{avenida} Libertador;{calle} 9 de Julio;{calle} Sarmiento",
        "Buenos Aires/CABA/Capital Federal:1;Córdoba:5;Rosario:2;Mendoza:5", "###", "Buenos Aires;Córdoba;Santa Fe;Mendoza", "Local ;Dto. ", "{};Nº {}",
    ),
    Land(
        "CL", "sn", "Chile;CL", "avenida=Avenida,Av.,Avda.;calle=Calle,", "{avenida} Providencia;{avenida} Apoquindo;{calle} Huérfanos;{avenida} Kennedy;"
        "{avenida} Vicuña Mackenna;{calle} Bandera;{calle} Estado;{avenida} Los Carrera;{calle} Pedro de Valdivia;{avenida} Tabancura",
        "Santiago:7;Concepción:4;Valparaíso:2;Viña del Mar:2", "######", "RM;Región Metropolitana;Biobío", "Local ;Of. ;Depto. ", "{};N° {};#{}",
    ),
    Land(
        "CO", "sn", "Colombia;CO", "calle=Calle,Cl.,Cll,CL;carrera=Carrera,Cra.,Kra,Cr;avenida=Avenida,Av.,Ak;diagonal=Diagonal,Dg",
        "{calle} 72;{carrera} 7;{calle} 100;{carrera} 15;{avenida} 19;{calle} 26;{carrera} 11;{diagonal} 45;{carrera} 43A;{calle} 10;{calle} 85;{carrera} 50",
        "Bogotá/Bogota D.C.:11;Medellín:05;Cali:76;Barranquilla:08", "####", "Cundinamarca;Antioquia", "Local ;Of. ;Apto ", "# {}-27;No. {}-27;#{} - 27;N° {}-27",
    ),
    Land(
        "GB", "ns", "United Kingdom;UK;GB;England", "road=Road,Rd,Rd.;street=Street,St,St.;lane=Lane,Ln;avenue=Avenue,Ave,Av.;close=Close,Cl;gardens=Gardens,Gdns",
        "High {street};Station {road};Church {lane};Victoria {road};Park {avenue};King's {road};Queen {street};Mill {lane};London {road};Albert {street};"
        "Manchester {road};Chapel {street};Green {lane};Windsor {gardens};Oxford {street};The {close};St John's {road};Castle {street};Baker {street};Abbey {road}",
        "London:SW;Manchester:M;Birmingham:B;Leeds:LS;Glasgow:G;Bristol:BS;Newcastle upon Tyne/Newcastle:NE", "# #@@", "Greater London;West Midlands;Lancashire;Kent",
        "Flat ;Unit ;Suite ",
    ),
    Land(
        "IE", "ns", "Ireland;IE;Éire", "street=Street,St,St.;road=Road,Rd;avenue=Avenue,Ave", "Grafton {street};O'Connell {street};Main {street};Dame {street};"
        "Church {road};Patrick {street};Shop {street};Leeson {street};Griffith {avenue};Pearse {street}", "Dublin 2/Dublin:D0;Cork:T1;Galway:H9;Limerick:V9",
        "# @@##", "Co. Dublin;County Cork;Co. Galway;Co. Limerick", "Unit ;Apt ",
    ),
    Land(
        "US", "ns", "USA;United States;US", "street=Street,St,St.;avenue=Avenue,Ave,Ave.;road=Road,Rd;boulevard=Boulevard,Blvd;drive=Drive,Dr,Dr.;lane=Lane,Ln",
        "Main {street};Oak {avenue};N Main {street};Washington {boulevard};Lake {drive};Maple {lane};5th {avenue};S 42nd {street};Martin Luther King Jr {boulevard};"
        "Cedar {road};E Elm {street};Sunset {boulevard};Park {avenue};W Broadway;Highland {drive};23rd {street};Mill Creek {road};Jefferson {street};State {street}",
        "New York/NYC:100;Chicago:606;Springfield:627;Saint Louis/St. Louis:631;Los Angeles/LA:900;Fort Worth/Ft Worth:761;Portland:972;Mount Vernon/Mt Vernon:105",
        "##", "NY;IL;CA;TX;MO", "Apt ;Suite ;Ste ;Unit ;#",
    ),
    Land(
        "CA", "ns", "Canada;CA", "street=Street,St,St.;avenue=Avenue,Ave;road=Road,Rd;rue=rue,Rue;boulevard=Boulevard,Blvd,boul.",
        "Yonge {street};Bloor {street} West;Albert {street};{rue} Sainte-Catherine O;{rue} Saint-Denis;Portage {avenue};Kingsway {avenue};{boulevard} René-Lévesque;"
        "Gordon {road};Victoria {avenue} East;Queen {street};8th {street} E;Main {street}", "Toronto:M5;Montréal/Montreal:H3;Vancouver:V6;Calgary:T2;Regina:S4",
        "@ #@#", "ON;QC;BC;AB;Ontario", "Unit ;Suite ;Apt ",
    ),
    Land(
        "AU", "ns", "Australia;AU", "street=Street,St,St.;road=Road,Rd;avenue=Avenue,Ave;parade=Parade,Pde;crescent=Crescent,Cres;place=Place,Pl",
        "George {street};Pitt {street};Collins {street};Pacific {parade};Giblin {street};Goldfinch {crescent};Victoria {road};Church {street};Railway {parade};Jerome {place};"
        "Queen {street};Kings {avenue};Beach {road};Tullaroop {street}", "Sydney:20;Melbourne:30;Brisbane:40;Perth:60;Adelaide:50", "##", "NSW;VIC;QLD;New South Wales;WA",
        "Unit ;Shop ;Suite ",
    ),
    Land(
        "NZ", "ns", "New Zealand;NZ", "street=Street,St;road=Road,Rd;terrace=Terrace,Tce", "Queen {street};Lambton Quay;Cuba {street};Great South {road};Victoria {street};The {terrace};Dominion {road};George {street}",
        "Auckland:10;Wellington:60;Christchurch:80;Dunedin:90", "##", "Canterbury;Otago", "Unit ;Shop ;Flat ",
    ),
    Land(
        "NL", "sn", "Netherlands;Nederland;NL", "straat=straat,str.;laan=laan,ln;weg=weg;plein=plein;gracht=gracht", "Kerk{straat};Dorps{straat};Molen{weg};Stations{plein};Wilhelmina{laan};"
        "Keizers{gracht};Juliana{laan};Markt{plein};Leidse{straat};School{straat};Heren{gracht};Beatrix{laan};Nieuwe{weg};Damrak",
        "Amsterdam:10;Rotterdam:30;Den Haag/The Hague/'s-Gravenhage:25;Utrecht:35;Eindhoven:56", "## @@", "Noord-Holland;Zuid-Holland", "unit ;app. ",
    ),
    Land(
        "BE", "sn", "Belgium;België;Belgique;BE", "rue=Rue,rue;straat=straat,str.;laan=laan;avenue=Avenue,Av.;chaussée=Chaussée,Chée,Ch.", "{rue} de la Loi;{rue} Neuve;{avenue} Louise;Kerk{straat};Nieuw{straat};"
        "{chaussée} de Waterloo;Stations{straat};Meir{laan};{rue} Haute;Veld{straat};{avenue} de Tervueren", "Bruxelles/Brussel/Brussels:10;Antwerpen/Antwerp:20;Gent/Ghent:90;Liège/Luik:40", "##", "Vlaanderen;Wallonie", "bus ;bte ",
    ),
    Land(
        "SE", "sn", "Sweden;Sverige;SE", "gatan=gatan,g.;vägen=vägen,vagen,v.", "Stor{gatan};Kungs{gatan};Drottning{gatan};Ring{vägen};Kyrk{gatan};Skol{vägen};Svea{vägen};Göt{gatan};Parkgatan;Vasa{gatan};Hamn{gatan}",
        "Stockholm:11;Göteborg/Gothenburg:41;Malmö/Malmo:21;Uppsala:75", "# ##", "Skåne", "lgh ",
    ),
    Land(
        "NO", "sn", "Norway;Norge;NO", "gata=gata,gate,gt.;veien=veien,vn.,vei", "Karl Johans {gata};Stor{gata};Kirke{veien};Bogstad{veien};Skole{gata};Torg{gata};Drammens{veien};Strand{gata}", "Oslo:01;Bergen:50;Trondheim:70;Stavanger:40", "##", "Viken", "leil. ",
    ),
    Land(
        "DK", "sn", "Denmark;Danmark;DK", "gade=gade,g.;vej=vej,v.", "Vester{gade};Øster{gade};Kirke{vej};Skole{vej};Nørre{gade};Bred{gade};Strand{vej};Algade;Søndre {vej};Amager{gade}", "København/Copenhagen/Kbh:10;Aarhus/Århus:80;Odense:50;Aalborg:90", "##", "Sjælland", "lejl. ",
    ),
    Land(
        "FI", "sn", "Finland;Suomi;FI", "katu=katu,k.;tie=tie", "Mannerheimin{tie};Aleksanterin{katu};Kauppa{katu};Koulu{katu};Asema{katu};Hämeen{katu};Kirkko{katu};Ranta{tie};Uudenmaan{katu}", "Helsinki/Helsingfors:001;Tampere:331;Turku/Åbo:201;Oulu:901", "##", "Uusimaa", "as. ",
    ),
    Land(
        "PL", "sn", "Poland;Polska;PL", "ulica=ul.,ulica,Ul.,;aleja=al.,Aleja,Aleje;plac=pl.,Plac", "{ulica} Marszałkowska;{ulica} Długa;{aleja} Jerozolimskie;{ulica} Floriańska;{ulica} Kościuszki;{plac} Wolności;{ulica} Piotrkowska;{ulica} Mickiewicza;{ulica} 3 Maja;{ulica} Świętokrzyska;{ulica} Polna",
        "Warszawa/Warsaw:00-;Kraków/Krakow/Cracow:31-;Łódź/Lodz:90-;Wrocław/Wroclaw:50-;Gdańsk:80-", "###", "mazowieckie;małopolskie", "m. ;lok. ",
    ),
    Land(
        "CZ", "sn", "Czech Republic;Česká republika;CZ;Czechia", "ulice=,ul. ;náměstí=náměstí,nám.;třída=třída,tř.", "Vodičkova;Národní {třída};Václavské {náměstí};Dlouhá;Masarykova;Husova;Nádražní;Komenského;{náměstí} Míru;Palackého;Školní", "Praha/Prague:1;Brno:6;Ostrava:7;Plzeň/Pilsen:3", "## ##", "Jihomoravský kraj", "byt ",
    ),
    Land(
        "HU", "sn", "Hungary;Magyarország;HU", "utca=utca,u.,út;körút=körút,krt.;tér=tér", "Kossuth Lajos {utca};Petőfi Sándor {utca};Rákóczi {utca};Andrássy {utca};Teréz {körút};Deák Ferenc {tér};Fő {utca};Váci {utca};Széchenyi {tér};Bem {körút}", "Budapest:1;Debrecen:4;Szeged:6;Pécs:7", "###", "Pest megye", "ajtó ", "{};{}.",
    ),
    Land(
        "RO", "sn", "Romania;România;RO", "strada=Strada,Str.,str;bulevardul=Bulevardul,Bd.,B-dul;calea=Calea,Cal.", "{strada} Lipscani;{bulevardul} Unirii;{calea} Victoriei;{strada} Mihai Eminescu;{strada} Republicii;{bulevardul} Magheru;{calea} Dorobanților;{strada} Avram Iancu;{strada} Traian", "București/Bucharest/Bucuresti:01;Cluj-Napoca/Cluj:40;Timișoara:30;Iași/Iasi:70", "####", "Cluj;Timiș;Ilfov", "ap. ", "nr. {};Nr. {};{};no. {}",
    ),
    Land(
        "GR", "sn", "Greece;Ελλάδα;GR", "odos=,Οδός ", "Ερμού;Σταδίου;Πανεπιστημίου;Tsimiski;Egnatia;Aristotelous;Patision;Kifisias;Ακαδημίας", "Αθήνα/Athens/Athina:10;Θεσσαλονίκη/Thessaloniki:54;Patra/Patras:26", "# ##", "Attica;Αττική", "",
    ),
    Land(
        "TR", "sn", "Turkey;Türkiye;TR", "cadde=Caddesi,Cad.,Cd.;sokak=Sokak,Sok.,Sk.;bulvar=Bulvarı,Blv.", "İstiklal {cadde};Atatürk {bulvar};Cumhuriyet {cadde};Bağdat {cadde};Gül {sokak};İnönü {cadde};Barış {sokak};Lale {sokak};Fevzi Çakmak {bulvar};Gazi {cadde};Çiçek {sokak}", "İstanbul/Istanbul:34;Ankara:06;İzmir/Izmir:35;Antalya:07", "###", "Kadıköy;Beşiktaş;Çankaya", "D: ;Daire ", "No:{};No: {};No {};{}",
    ),
    Land(
        "RU", "sn", "Russia;Россия;RU", "ulica=ул.,улица,ul.,Ulitsa;prospekt=пр.,проспект,пр-т,prospekt;per=пер.,переулок", "{ulica} Ленина;{prospekt} Мира;{ulica} Пушкина;{ulica} Советская;{prospekt} Невский;{ulica} Гагарина;{per} Садовый;{ulica} Кирова;{ulica} Тверская;{ulica} Арбат;{ulica} Чехова", "Москва/Moscow/Moskva:10;Санкт-Петербург/Saint Petersburg/СПб:19;Казань/Kazan:42;Новосибирск:63", "####", "Московская обл.;Татарстан", "кв. ;оф. ;офис ", ", д. {};, {};, дом {};{};д.{}",
    ),
    Land(
        "UA", "sn", "Ukraine;Україна;UA", "vul=вул.,вулиця,vul.;prosp=просп.,проспект,пр.", "{vul} Хрещатик;{vul} Шевченка;{prosp} Перемоги;{vul} Грушевського;{vul} Лесі Українки;{vul} Франка;{prosp} Свободи;{vul} Соборна", "Київ/Kyiv/Kiev:01;Львів/Lviv:79;Одеса/Odessa:65;Харків:61", "###", "", "кв. ", ", {};{};, буд. {}",
    ),
    Land(
        "JP", "ns", "Japan;日本;JP", "x=", "Ginza, Chuo-ku;Marunouchi, Chiyoda-ku;Nishi-Shinjuku, Shinjuku-ku;Jingumae, Shibuya-ku;Umeda, Kita-ku;Sakae, Naka-ku;Minami-Aoyama, Minato-ku;Honmachi, Chuo-ku", "Tokyo/Tōkyō:10;Osaka/Ōsaka:53;Nagoya:46;Kyoto:60", "#-####", "Tokyo-to;Aichi", "", "2-{}-7;2 Chome-{}-7;2-chome {}-7",
    ),
    Land(
        "CN", "ns", "China;CN;P.R. China", "lu=Lu,Road,Rd.;jie=Jie,Street,St.", "Nanjing {lu};Huaihai {lu};Zhongshan {lu};Jianguo {lu};Wangfujing {jie};Renmin {lu};Jiefang {jie};Chaoyang {lu};Xizhimen {jie}", "Shanghai:20;Beijing/Peking:10;Guangzhou:51;Shenzhen:51", "####", "Pudong;Chaoyang District", "Room ;Unit ", "No. {};{};{} Hao",
    ),
    Land(
        "KR", "ns", "South Korea;Korea;KR", "ro=-ro, Ro,ro;gil=-gil,gil", "Teheran{ro};Sejong-dae{ro};Gangnam-dae{ro};Eulji{ro};Jong{ro};Itaewon{ro};Yanghwa{ro};Dosan-dae{ro}", "Seoul:0;Busan/Pusan:4;Incheon:2", "####", "Gangnam-gu;Jung-gu", "", "{};{},",
    ),
    Land(
        "ID", "sn", "Indonesia;ID", "jalan=Jalan,Jl.,Jln.,JL", "{jalan} Sudirman;{jalan} M.H. Thamrin;{jalan} Gatot Subroto;{jalan} Raya Kuta;{jalan} Diponegoro;{jalan} Ahmad Yani;{jalan} Pemuda;{jalan} Gajah Mada;{jalan} Merdeka;{jalan} Asia Afrika", "Jakarta/DKI Jakarta:1;Surabaya:6;Bandung:4;Denpasar:8", "####", "Bali;Jawa Barat;West Java", "Unit ", "No. {};No.{};{};Kav. {}",
    ),
    Land(
        "MY", "ns", "Malaysia;MY", "jalan=Jalan,Jln,Jln.,Jl;lorong=Lorong,Lrg", "{jalan} Ampang;{jalan} Sultan Ismail;{jalan} Bukit Bintang;{lorong} Maarof;{jalan} Tun Razak;{jalan} Imbi;{jalan} Raja Chulan;{jalan} Penang;{lorong} Selamat", "Kuala Lumpur/KL:50;Penang/George Town:10;Johor Bahru/JB:80", "###", "Selangor;WP", "Lot ;Unit ", "{},;No. {},;{};No {},",
    ),
    Land(
        "SG", "ns", "Singapore;SG", "road=Road,Rd;street=Street,St;avenue=Avenue,Ave", "Orchard {road};Bukit Timah {road};Serangoon {road};Robinson {road};Bencoolen {street};Tampines {avenue};Victoria {street};Beach {road};Jurong East {street}", "Singapore:2", "#####", "", "#01-;Unit ", "{};Blk {}",
    ),
    Land(
        "TH", "ns", "Thailand;TH;ประเทศไทย", "road=Road,Rd.,Thanon;soi=Soi", "Sukhumvit {road};Silom {road};Rama IV {road};Phahonyothin {road};Ratchadaphisek {road};Charoen Krung {road};Nimmanhaemin {road};Phetchaburi {road}", "Bangkok/Krung Thep:10;Chiang Mai:50;Phuket:83", "###", "Watthana;Bang Rak", "Room ", "{};No. {}",
    ),
    Land(
        "VN", "ns", "Vietnam;Việt Nam;VN", "duong=Đường,Duong,;pho=Phố,Pho,", "{duong} Nguyễn Huệ;{duong} Lê Lợi;{pho} Hàng Bông;{duong} Trần Hưng Đạo;{duong} Điện Biên Phủ;{pho} Tràng Tiền;{duong} Hai Bà Trưng;{duong} Lý Thường Kiệt", "Hồ Chí Minh/Ho Chi Minh City/HCMC:70;Hà Nội/Hanoi:10;Đà Nẵng/Da Nang:55", "####", "Quận 1;District 1", "", "{};Số {};No. {}",
    ),
    Land(
        "ZA", "ns", "South Africa;ZA", "street=Street,St,Str;road=Road,Rd;avenue=Avenue,Ave", "Long {street};Voortrekker {road};Church {street};Main {road};Jan Smuts {avenue};Rivonia {road};Kloof {street};Adderley {street};Oxford {road}", "Cape Town/Kaapstad:80;Johannesburg/Joburg:20;Durban:40;Pretoria:00", "##", "Gauteng;Western Cape", "Unit ;Shop ",
    ),
    Land(
        "AE", "ns", "United Arab Emirates;UAE;AE", "street=Street,St;road=Road,Rd", "Sheikh Zayed {road};Al Wasl {road};Jumeirah Beach {road};Al Maktoum {road};Hamdan {street};Khalid Bin Al Waleed {road};Al Rigga {road};Corniche {road}", "Dubai:;Abu Dhabi:;Sharjah:", "", "Deira;Jumeirah", "Shop ;Office ", "{};Building {};Bldg {}",
    ),
    Land(
        "IN", "ns", "India;IN", "road=Road,Rd,Rd.;marg=Marg,Mrg;street=Street,St;nagar=Nagar,Ngr", "MG {road};Station {road};Gandhi {marg};Nehru {nagar};Lal Bahadur Shastri {marg};Temple {street};Anna Salai;5th Cross;Tilak {road};Subhash {nagar};Linking {road};Church {street};Rajaji {street};Hill {road};Ring {road};Sardar Patel {marg}",
        "Bengaluru/Bangalore:560;Mumbai/Bombay:400;Chennai/Madras:600;Pune/Poona:411;New Delhi/Delhi:110;Kolkata/Calcutta:700", "###", "Karnataka;KA;MH;Maharashtra;TN", "Flat No. ;Shop No. ;Flat ;Office No ", "{};No. {};H.No. {};#{};Plot No {},",
    ),
)  # fmt: skip
