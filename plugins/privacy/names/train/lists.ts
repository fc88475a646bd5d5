/** Small word lists of the generator. */
const split = (text: string) => text.split("|");

export const FORMS_OF_ADDRESS = split(
  "Mr.|Mrs.|Ms.|Mr|Mrs|Ms|Miss|Dr.|Dr|Prof.|Professor|Sir|Herr|Frau|Mme|Señor|Señora|Rev.|Captain|Doctor",
);
export const NATIONALITIES = split(
  "German|French|Italian|Spanish|English|Scottish|Irish|Welsh|British|American|Canadian|Mexican|Brazilian|Argentinian|Chilean|Peruvian|Colombian|Cuban|Russian|Ukrainian|Polish|Czech|Slovak|Hungarian|Romanian|Bulgarian|Greek|Turkish|Serbian|Croatian|Bosnian|Slovenian|Albanian|Macedonian|Austrian|Swiss|Dutch|Belgian|Danish|Swedish|Norwegian|Finnish|Icelandic|Estonian|Latvian|Lithuanian|Portuguese|Moroccan|Algerian|Tunisian|Egyptian|Nigerian|Kenyan|Ethiopian|Ghanaian|Somali|Sudanese|Ugandan|South African|Israeli|Palestinian|Lebanese|Syrian|Iraqi|Iranian|Saudi|Afghan|Pakistani|Indian|Bangladeshi|Nepali|Sri Lankan|Chinese|Japanese|Korean|Vietnamese|Thai|Cambodian|Laotian|Burmese|Malaysian|Indonesian|Filipino|Australian|New Zealander|Jamaican|Haitian|Mongolian|Kazakh|Uzbek|Georgian|Armenian|Azerbaijani|Cypriot|Maltese|Greenlander|Belizean|Bruneian|Tunisian|Libyan|Kuwaiti|Qatari|Omani|Yemeni|Jordanian|Ecuadorian|Bolivian|Venezuelan|Panamanian|Guatemalan|Honduran|Congolese|Rwandan|Senegalese|Angolan|Zambian|Zimbabwean|Muslim|Christian|Jewish|Jew|Hindu|Buddhist|Sikh|Catholic|Protestant|Orthodox|Shia|Sunni|Shii|Atheist|Mormon|Republican|Democrat|Conservative|Liberal|Socialist|Communist|Kurd|Roma|Arab|Asian|African|European|Latino|Hispanic",
);
export const NOT_NAMES = split(
  "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|Christmas|Easter|Internet|Windows|Linux|Python|JavaScript|TypeScript|Java|Docker|Kubernetes|React|Excel|Word|PowerPoint|Android|Bluetooth|English|Spring|Summer|Enter|Escape|Settings|Beta|Alpha|Wi-Fi|USB|PDF|HTML|JSON|API|SQL|CEO|FAQ|TV|DVD|Mac|iPhone|Node|Git|Postgres|Redis|Markdown|Chrome|Firefox|Photoshop|Bible|Earth|Moon|Mars|Sun|North|South|East|West|Mum|Dad|Lord|Queen|King|Congress|Parliament|Senate|Government|Company|Team|Customer|Manager|Director|Support|Sales|Marketing|Finance|Engineering|Home|Help|Search|Login|Account|Password|Order|Invoice|Delivery|Payment|Refund|Thanks|Regards|Hello|Yes|No|Please|Sorry|Welcome|Today|Tomorrow|Yesterday|Morning|Evening|Act|Law|Code|Article|Chapter|Section|Figure|Table|Appendix|Page|Part|Volume|Summary|Introduction|Conclusion|Abstract|Skills|Experience|Education|References|Objective|Profile|Languages|Contact|Unix|Ubuntu|Debian|Fedora|Windows|Kubernetes|Rust|Go|Ruby|Perl|Swift|Kotlin|Scala|Haskell|Maven|Gradle|Webpack|Vite|Django|Flask|Rails|Laravel|Angular|Vue|Svelte|Terraform|Ansible|Jenkins|Nginx|Apache|MySQL|Mongo|Kafka|Elasticsearch|Grafana|Prometheus|GitHub|GitLab|Jira|Outlook|Gmail|Safari|Bash|Emacs|Vim|Mozilla|Electron|Jest|Babel|Unicode|Base64|Ethernet|Pentium|Telnet|Latin|Greek|Cyrillic|Sir",
);
export const COMPANIES = split(
  "Google|Microsoft|Amazon|Apple|Facebook|Netflix|IBM|Intel|Oracle|SAP|Siemens|Bosch|BMW|Volkswagen|Toyota|Honda|Sony|Samsung|Nokia|Ericsson|Philips|Nestlé|Unilever|Pfizer|Bayer|Novartis|Roche|Walmart|Target|Tesco|Aldi|Ikea|Lidl|Starbucks|McDonald's|Coca-Cola|PepsiCo|Nike|Adidas|Visa|Mastercard|PayPal|Citibank|HSBC|Barclays|Santander|UBS|Goldman Sachs|JPMorgan Chase|Wells Fargo|Bank of America|AXA|Allstate|Geico|Uber|Airbnb|Lyft|FedEx|UPS|DHL|Boeing|Airbus|Lufthansa|Ryanair|Shell|BP|Exxon|Tesla|Ford|General Motors|Verizon|AT&T|Vodafone|T-Mobile|Comcast|Disney|NBC|BBC|CNN|Reuters|NATO|UNESCO|WHO|NASA|FBI|CIA|Harvard|MIT|Stanford|Oxford University|Red Cross|Greenpeace|Salesforce|Adobe|Twitter|LinkedIn|Spotify|eBay|Alibaba|Tencent|Huawei|Accenture|Deloitte|KPMG|PwC|McKinsey",
);
export const COMPANY_ENDS = split(
  "Inc|Inc.|LLC|Ltd|Ltd.|Limited|Corp|Corp.|Corporation|GmbH|AG|S.A.|SpA|BV|AB|Oy|PLC|Co.|& Co|Group|and Sons|& Sons|Incorporated|Company|Holdings|PLLC|Pty Ltd",
);
export const COMPANY_NOUNS = split(
  "Solutions|Technologies|Systems|Labs|Partners|Consulting|Capital|Media|Software|Analytics|Insurance|Bank|Foundation|Institute|Hospital|Clinic|School|College|University|Associates|Investments|Industries|Logistics|Energy|Pharma|Bioscience|Networks|Studios|Records|Airlines|Motors|Foods|Stores|Financial|Health|Healthcare|Research|Design|Digital|Security|Services|Ventures|Press|Publishing|Orchestra|Society|Council|Trust|Union|Agency|Authority|Department|Robotics|Mobile|Web|Data|Explorer|Insurance Group|Data Resources|Life Technologies|Data Systems",
);
export const OCCUPATIONS = split(
  "engineer|teacher|nurse|doctor|lawyer|manager|accountant|designer|developer|consultant|analyst|director|chief executive|CEO|CTO|sales manager|project manager|software engineer|journalist|writer|singer|actor|politician|footballer|painter|architect|student|professor|driver|chef|waiter|plumber|electrician|president|founder|head of marketing|recruiter|editor|producer|photographer|musician|researcher|scientist|pharmacist|dentist|therapist|librarian|secretary|assistant|clerk|officer|soldier|pilot|farmer|carpenter|mechanic|spokesperson|chairman|Senior Developer|Marketing Manager|Account Executive|Office Manager|Data Scientist",
);
export const STREET_ENDS = split(
  "Street|St|St.|Road|Rd|Rd.|Avenue|Ave|Ave.|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Boulevard|Blvd|Way|Close|Crescent|Terrace|Square|Parkway|Highway|Hwy|Gardens|Grove|Hill|Row|Walk|Circle|Trail|Park|Mews|Quay|Point|Loop|Ridge|Union|Squares",
);
export const STREET_JOINED = split(
  "straße|strasse|weg|gasse|platz|allee|gade|vej|gata|gatan|vägen|veien|katu|tie|kuja|straat|laan|plein|kade|gatan|stræde|götu|gata",
);
export const STREET_STARTS = split(
  "Rue|Rue de|Rue du|Avenue|Avenue de|Boulevard|Place|Via|Viale|Piazza|Corso|Calle|Avenida|Plaza|Paseo|C/|Rua|Avenida|Travessa|Praça|ul.|ulica|al.|Calea|Strada|Str.|ulitsa|Cesta|Rua da|Rua do|Via della|Chemin|Chemin de|Allée|Kungsgatan|Camino",
);
export const STREET_AFTER = split(
  "utca|u.|tér|út|rkp.|köz|ulica|ulice|náměstí|nábřeží|cesta|tänav|tee|iela|gatvė|caddesi|sokak|str|str.|terrasse|väg|polku|rinne",
);
export const UNITS = split("Apt.|Apt|Apartment|Suite|Unit|Flat|Floor|App.|Ste|#|Room|Building|Bldg|Apto|Wohnung");
export const STATE_CODES = split(
  "AL|AK|AZ|CA|CO|CT|FL|GA|IL|MA|MD|MI|MN|NC|NJ|NY|OH|OR|PA|TX|VA|WA|WI|ON|BC|QC|NSW|VIC|QLD|SA|MP|CO|DE|NI|AT|OV|SK|BW|BY",
);
export const FORM_LABELS = split(
  "Mobile|Phone|Fax|Desk|Office|Home|Work|Cell|Tel|E-mail|Email|Website|Web|Info|Personal Info|Contact|Contact Info|Name|Full Name|Address|Street|City|State|Zip|Country|Date|Time|Number|Account|Order|Invoice|Subject|From|To|Cc|Reply|Note|Notes|Comment|Question|Answer|Description|Status|Type|Priority|Details|Message|Username|Password|Age|Gender|Job|Title|Company|Department|Education|Experience|Summary|Languages|Hobbies|Total|Amount|Price|Quantity|Reference|Bot|User|Agent|Client|Customer|Patient|Doctor",
);
export const CAPITALS = split(
  "ASAP|ATM|FYI|FAQ|PIN|OK|USA|UK|EU|UN|TV|PC|CV|HR|IT|ID|PDF|URL|HTTP|API|SQL|JSON|HTML|CSS|CPU|RAM|GPS|VIP|DIY|PS|NB|AM|PM|TODO|NOTE|WARNING|ERROR|INFO|DEBUG|SELECT|FROM|WHERE|INSERT|NULL|TRUE|FALSE|GET|POST|PUT|DELETE|IBAN|BIC|SSN|VAT|CVV|CVC|OTP|PAM|CI|CD|KV|TCP|UDP|DNS|TLS|SSL|SSH|SDK|CLI|REST|RPC|UUID|UTF|ASCII|POSIX|BSD|GNU|MIT|GPL|EOF|GUI|IDE|ORM|CDN|VPN|LAN|IP|MAC|RSA|AES|SHA|HMAC|JWT|OAUTH|XML|YAML|CSV|SVG|PNG|REGEX|ENUM|INT|VARCHAR|JOIN|UNION|ENTRYPOINT|EXPOSE",
);
export const VERBS = split(
  "went|said|told|gave|had|was|is|has|lives|lived|works|worked|wants|wanted|asked|called|came|left|took|made|knows|knew|thinks|thought|likes|liked|loves|loved|needs|needed|found|saw|met|wrote|bought|sold|paid|sent|got|shouted|laughed|smiled|cried|ran|walked|drove|flew|travelled|moved|stayed|opened|closed|started|stopped|won|lost|played|sang|spoke|talked|listened|helped|tried|will|would|can|could|should|might|must|does|did|became|seems|looks|feels|owns|runs|joined|announced|released|built|studied|teaches|died|married|agreed|refused|had been|is going|was seen|has never been",
);
export const IMPERATIVES = split(
  "Explain|Describe|Write|Rewrite|Reword|Re-write|Rephrase|Generate|List|Give|Create|Summarize|Translate|Compute|Calculate|Find|Tell|Name|Identify|Classify|Compare|Design|Suggest|Provide|Construct|Edit|Convert|Make|Output|Input|Imagine|Think|Come up with|How can I|What is|What are|Why do|Which|When did|Where is|Who was|Is it|Are there|Can you|Should I|Do not|Let's|Determine|Discuss|Add|Sort|Predict|Outline|Draft|Compose|Take|Use|Show|Pick|Answer|Brainstorm|Propose|Analyze|Evaluate|Develop|Develop a|Consider|Read|Check|Fix|Change|Update|Remove|Delete|Install|Run|Open|Close|Press|Click|Send|Call|Please",
);
