//! The words of table headers and sections, in the languages that documents are written in.

use crate::names::fold;

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Field,
    Label,
    Type,
    Rules,
    Required,
    Nullable,
    Default,
    Values,
    Description,
    Id,
    Requirement,
    Priority,
    Method,
    Path,
    Does,
    Who,
    Satisfies,
    Entity,
    Value,
    Other,
}

/// Header words, folded, by what they stand for; the first column that lists a word wins.
#[rustfmt::skip]
const HEADERS: &[(Column, &[&str])] = &[
    (Column::Field, &[
        "field", "fields", "column", "field name", "column name", "attribute", "attributes", "property",
        "name of field", "campo", "campos", "columna", "atributo", "nombre del campo", "coluna", "nome do campo",
        "champ", "champs", "colonne", "attribut", "nom du champ", "feld", "spalte", "feldname", "spaltenname", "字段",
        "字段名", "列名", "カラム名", "カラム", "フィールド", "フィールド名", "項目", "物理名", "필드", "필드명", "컬럼", "컬럼명", "alan", "sutun",
        "truong", "cot", "ten truong", "ten cot", "thuoc tinh",
    ]),
    (Column::Label, &[
        "label", "etiqueta", "libelle", "rotulo", "論理名", "日本語名", "中文名",
    ]),
    (Column::Type, &[
        "type", "data type", "datatype", "bson type", "sql type", "db type", "field type", "tipo", "tipo de dato",
        "tipo de dado", "tipo de datos", "type de donnees", "typ", "datentyp", "类型", "数据类型", "字段类型", "型", "データ型",
        "データ型・長さ", "타입", "자료형", "데이터 타입", "tip", "tur", "veri tipi", "kieu", "kieu du lieu", "loai",
    ]),
    (Column::Rules, &[
        "rules", "rule", "constraints", "constraint", "restricciones", "restriccion", "restricoes", "restricao",
        "contraintes", "contrainte", "constraints / notes", "制約", "制約条件", "约束", "约束/默认值", "제약 조건", "제약조건", "제약",
        "kisitlamalar", "kisit", "rang buoc", "key", "keys", "clave", "chave", "cle", "schlussel", "regra / indice",
        "index", "indice", "llave", "pk/fk", "キー", "attributes/constraints", "flags", "modifiers",
    ]),
    (Column::Required, &[
        "required", "required?", "req", "mandatory", "obligatorio", "obligatoria", "obligatorio?", "requerido",
        "obrigatorio", "obrigatorio?", "requis", "obligatoire", "pflicht", "pflichtfeld", "erforderlich", "必填",
        "是否必填", "必須", "필수", "필수 여부", "zorunlu", "bat buoc", "not null",
    ]),
    (Column::Nullable, &[
        "nullable", "null", "null?", "nullable?", "allow null", "allows null", "null許容", "null可", "optional",
        "optional?", "opcional", "optionnel", "nulo", "允许为空", "可空", "是否为空", "null 허용",
    ]),
    (Column::Default, &[
        "default", "default value", "defaults", "valor por defecto", "por defecto", "predeterminado", "padrao",
        "valor padrao", "defaut", "valeur par defaut", "par defaut", "standard", "standardwert", "vorgabe", "默认值",
        "默认", "デフォルト", "デフォルト値", "初期値", "기본값", "varsayilan", "mac dinh",
    ]),
    (Column::Values, &[
        "values", "allowed values", "options", "valores", "valores permitidos", "valores posibles", "valeurs",
        "valeurs possibles", "werte", "取值", "枚举值", "可选值", "値", "degerler", "gia tri",
    ]),
    (Column::Satisfies, &[
        "satisfies", "requirement id", "requirements ids", "rf", "fr", "satisface", "rf asociado", "req id", "reqs",
        "anforderung-id", "us",
    ]),
    (Column::Method, &[
        "method", "http", "http method", "verb", "metodo", "methode", "verbo", "方法", "请求方法", "メソッド", "메서드", "메소드",
        "metot", "phuong thuc",
    ]),
    (Column::Path, &[
        "path", "endpoint", "route", "url", "uri", "ruta", "rota", "chemin", "pfad", "路径", "接口", "パス", "エンドポイント",
        "경로", "엔드포인트", "endpoints", "yol", "duong dan",
    ]),
    (Column::Who, &[
        "who", "access", "auth", "authorization", "role", "roles", "permission", "permissions", "autorizacao",
        "autorizacion", "permiso", "permisos", "acceso", "acesso", "rol", "perfil", "acces", "zugriff",
        "berechtigung", "权限", "認可", "権限", "권한", "authentication", "autenticacion", "autenticacao", "auth required",
        "yetki", "quyen",
    ]),
    (Column::Does, &[
        "does", "action", "operation", "purpose", "accion", "acao", "aktion",
    ]),
    (Column::Id, &[
        "id", "#", "no", "no.", "nr", "nr.", "code", "codigo", "ref", "req", "番号", "编号", "번호", "kod", "ma",
    ]),
    (Column::Requirement, &[
        "requirement", "requirements", "requisito", "requisitos", "requerimiento", "exigence", "exigences",
        "anforderung", "anforderungen", "user story", "story", "historia", "historia de usuario",
        "historia de usuario / requisito", "需求", "要件", "요구사항", "gereksinim", "yeu cau", "feature", "funcionalidad",
        "funcionalidade", "fonctionnalite", "funktion", "功能", "機能", "기능",
    ]),
    (Column::Priority, &[
        "priority", "prioridad", "prioridade", "priorite", "prioritat", "prio", "moscow", "优先级", "優先度", "우선순위",
        "oncelik", "do uu tien", "muc uu tien",
    ]),
    (Column::Description, &[
        "description", "notes", "note", "comment", "comments", "meaning", "descripcion", "notas", "nota",
        "observaciones", "significado", "validacion", "validation", "validations", "regla", "reglas", "descricao",
        "observacao", "observacoes", "validacao", "regra", "remarques", "remarque", "commentaire", "beschreibung",
        "bedeutung", "bemerkung", "说明", "描述", "备注", "含义", "説明", "備考", "意味", "설명", "의미", "비고", "aciklama", "mo ta",
        "ghi chu", "y nghia", "details", "detail", "detalle", "detalles", "title", "titulo", "titre", "titel", "what",
    ]),
    (Column::Entity, &[
        "entity", "table", "entidad", "tabla", "entidade", "tabela", "entite", "entitat", "tabelle", "model",
        "modelo", "实体", "表", "表名", "テーブル", "テーブル名", "エンティティ", "엔티티", "테이블", "varlik", "tablo", "bang", "thuc the",
        "collection",
    ]),
    (Column::Value, &[
        "value", "valor", "valeur", "wert", "值", "값",
    ]),
];

/// What a header cell says.
pub(crate) fn column(header: &str) -> Column {
    let folded = fold(header);
    let word = folded.trim_matches([':', ' ']);
    HEADERS.iter().find(|(_, words)| words.contains(&word)).map_or(Column::Other, |(column, _)| *column)
}
