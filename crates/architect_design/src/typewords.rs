//! The words that stand for types, in the languages that documents are written in.

use architect_model::FieldType;

use crate::names::{self, fold};

/// What a type word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    String,
    Text,
    Email,
    Url,
    Integer,
    BigInteger,
    Decimal,
    Float,
    /// Any number: what it is hangs on the field.
    Number,
    Boolean,
    Date,
    DateTime,
    Time,
    Uuid,
    Json,
    Array,
    Enum,
}

#[rustfmt::skip]
const WORDS: &[(Word, &[&str])] = &[
    (Word::String, &[
        "string", "str", "varchar", "varchar2", "nvarchar", "character varying", "char", "nchar", "character",
        "char varying", "cadena", "cadena de texto", "caracter", "caracteres", "texto corto", "texto curto", "chaine",
        "chaine de caracteres", "zeichenkette", "alfanumerico", "alphanumeric", "字符串", "字串", "文字列", "문자열", "chuoi",
        "autostring", "slug", "telefono", "phone", "password", "constr", "texte court", "kurztext", "imagen", "image",
        "imagem", "file", "archivo", "arquivo", "ulid", "cuid", "nanoid", "inet", "tel", "color", "stringfield",
        "charfield",
    ]),
    (Word::Text, &[
        "text", "texto", "texte", "longtext", "mediumtext", "tinytext", "ntext", "clob", "markdown", "html",
        "richtext", "rich text", "textarea", "texto largo", "texto longo", "texte long", "langtext", "文本", "テキスト",
        "텍스트", "metin", "van ban", "citext", "xml", "long text", "textfield", "freitext",
    ]),
    (Word::Email, &[
        "email", "e-mail", "emailstr", "correo", "correo electronico", "courriel",
    ]),
    (Word::Url, &[
        "url", "uri", "link", "httpurl", "anyurl",
    ]),
    (Word::Integer, &[
        "int", "integer", "int4", "int2", "int32", "int16", "smallint", "tinyint", "mediumint", "serial", "serial4",
        "smallserial", "entero", "inteiro", "entier", "ganzzahl", "整数", "整型", "정수", "tam sayi", "so nguyen", "uint",
        "uint32", "unsigned int", "nombre entier", "numero entero", "numero inteiro", "int unsigned", "autoincrement",
        "auto increment",
    ]),
    (Word::BigInteger, &[
        "bigint", "int8", "int64", "long", "bigserial", "biginteger", "serial8", "uint64", "bigint unsigned", "长整型",
    ]),
    (Word::Decimal, &[
        "decimal", "numeric", "money", "currency", "moneda", "moeda", "dinero", "monto", "importe", "montant",
        "betrag", "geld", "金额", "金額", "decimal128", "dec", "bigdecimal", "condecimal", "para", "tien",
    ]),
    (Word::Float, &[
        "float", "double", "real", "double precision", "float4", "float8", "float32", "float64", "flottant",
        "gleitkommazahl", "gleitkomma", "fliesskommazahl", "浮点数", "浮点", "小数", "실수", "ondalik", "so thuc", "flotante",
        "punto flotante",
    ]),
    (Word::Number, &[
        "number", "numero", "numerico", "numerique", "nombre", "zahl", "数字", "数值", "数値", "숫자", "sayi", "so", "num",
    ]),
    (Word::Boolean, &[
        "bool", "boolean", "booleano", "boleano", "booleen", "logico", "wahrheitswert", "bit", "布尔", "布尔值", "布尔型",
        "ブール", "真偽値", "불리언", "불린", "yes/no", "si/no", "sim/nao", "oui/non", "ja/nein", "evet/hayir", "true/false",
        "flag", "booleana", "mantiksal", "checkbox",
    ]),
    (Word::Date, &[
        "date", "fecha", "data", "datum", "日期", "日付", "날짜", "tarih", "ngay",
    ]),
    (Word::DateTime, &[
        "datetime", "datetime2", "datetimeoffset", "timestamp", "timestamptz", "timestamp with time zone",
        "timestamp without time zone", "datetimetz", "fecha y hora", "fecha/hora", "fechahora", "fecha hora",
        "data e hora", "data/hora", "horodatage", "date et heure", "date/heure", "zeitstempel", "datum/uhrzeit",
        "datum und uhrzeit", "日期时间", "时间戳", "时间", "日時", "タイムスタンプ", "일시", "타임스탬프", "isodate", "date-time", "iso 8601",
        "iso8601", "tarih/saat", "tarih saat", "zaman damgasi", "ngay gio", "thoi gian", "awaredatetime", "date time",
        "instant", "datetimefield",
    ]),
    (Word::Time, &[
        "time", "hora", "heure", "uhrzeit", "时刻", "時刻", "시간", "saat", "gio", "timetz",
    ]),
    (Word::Uuid, &[
        "uuid", "guid", "uuidv4", "uuid4", "uuid v4", "uuidv7", "uniqueidentifier", "objectid", "uuid.uuid", "id",
    ]),
    (Word::Json, &[
        "json", "jsonb", "object", "objeto", "objet", "objekt", "map", "dict", "record", "hash", "hstore", "document",
        "对象", "オブジェクト", "객체", "any", "subdocument", "embedded", "mixed",
    ]),
    (Word::Array, &[
        "array", "list", "lista", "arreglo", "liste", "tableau", "数组", "列表", "配列", "リスト", "배열", "dizi",
    ]),
    (Word::Enum, &[
        "enum", "enumeration", "enumeracion", "enumerado", "enumerada", "enumeracao", "enumere", "aufzahlung",
        "choice", "choices", "枚举", "列挙", "列挙型", "열거형", "select", "option", "opciones", "lista desplegable",
        "dropdown", "literal",
    ]),
];

/// What a word means, any case, with or without accents.
pub(crate) fn find(text: &str) -> Option<Word> {
    let folded = fold(text);
    let word = folded.trim().trim_end_matches(['.', ',', ';', ':']);
    let known = |word: &str| WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(found, _)| *found);
    // `uuid.UUID`, `sa.String`
    known(word).or_else(|| known(word.rsplit_once('.')?.1))
}

#[rustfmt::skip]
const MONEY: &[&str] = &[
    "price", "precio", "preco", "prix", "preis", "amount", "monto", "montant", "betrag", "total", "subtotal", "cost",
    "costo", "coste", "custo", "cout", "kosten", "salary", "salario", "balance", "saldo", "importe", "fee", "tarifa",
    "budget", "presupuesto", "orcamento", "revenue", "payment", "pago", "discount", "descuento", "desconto", "tax",
    "impuesto", "iva", "fiyat", "tutar", "gia", "valor", "umsatz", "价格", "金额", "単価", "金額", "가격", "금액", "prezzo",
    "fare", "wage",
];

#[rustfmt::skip]
const DIGITS: &[&str] = &[
    "phone", "telefono", "telefone", "telephone", "telefon", "celular", "movil", "mobile", "tel", "dni", "nif", "cif",
    "cedula", "cpf", "cnpj", "rut", "zip", "postal", "cp", "plz", "cep", "documento", "matricula", "iban", "isbn",
    "tarjeta", "cuenta",
];

#[rustfmt::skip]
const FRACTIONS: &[&str] = &[
    "rate", "ratio", "percent", "percentage", "porcentaje", "porcentagem", "score", "weight", "peso", "poids",
    "height", "altura", "latitude", "longitude", "lat", "lng", "lon", "temperature", "temperatura", "rating",
    "average", "promedio", "distance", "distancia", "tasa", "nota", "gewicht", "volume", "ph",
];

fn says(label: &str, words: &[&str]) -> bool {
    let folded = fold(label);
    let snake = names::snake(label);
    words.iter().any(|word| snake.split('_').any(|part| part == *word) || (!word.is_ascii() && folded.contains(word)))
}

/// Whether a field holds an amount of money, by its name.
pub(crate) fn is_money(label: &str) -> bool {
    let snake = names::snake(label);
    let last = snake.rsplit('_').next().unwrap_or_default();
    // `total_price` is money, `total_calories` is not.
    let vague = ["total", "subtotal", "valor", "balance", "saldo", "tax", "fee", "discount", "budget"];
    let telling: Vec<&str> = MONEY.iter().copied().filter(|word| !vague.contains(word)).collect();
    says(label, &telling) || vague.contains(&last)
}

/// What a bare "number" is, by the name of its field.
pub(crate) fn number(label: &str) -> FieldType {
    if says(label, DIGITS) {
        FieldType::String { min: None, max: Some(50) }
    } else if is_money(label) {
        FieldType::Decimal { precision: 12, scale: 2, min: None, max: None }
    } else if says(label, FRACTIONS) {
        FieldType::Float
    } else {
        FieldType::Integer { min: None, max: None }
    }
}
