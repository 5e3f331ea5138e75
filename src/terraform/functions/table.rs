//! The signatures of the functions, in order of name (`terraform metadata functions -json`, Terraform 1.11).

use super::arguments::{Call, Outcome};
use super::{collections, conversion, encoding, files, format, hash, json, network};
use super::{numeric, regular, sets, strings, time, yaml};
use crate::value::Type;

/// One function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [Parameter],
    /// What further arguments are.
    pub(super) variadic: Option<Parameter>,
    pub(super) returns: Shape,
    pub(super) knowing: Knowing,
    pub(super) marks: Marks,
    /// Whether the result is never null.
    pub(super) not_null: bool,
    /// The argument that the result is a changed form of: its origin is the result's.
    pub(super) transforms: Option<usize>,
    pub(super) run: fn(&Call<'_>) -> Outcome,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// Whether null may be given.
    pub(super) null: bool,
}

/// What a function does with arguments that are not wholly known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knowing {
    /// The result is unknown; the function only sees known arguments.
    Whole,
    /// The function deals with unknown arguments and parts itself.
    Partly,
}

/// Which `sensitive` marks of arguments the result takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// Those at any depth.
    Deep,
    /// Those of whole arguments: marked parts stay marked parts.
    Shallow,
}

/// Types that occur in signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Bool,
    Number,
    String,
    AnyList,
    AnySet,
    Bools,
    Numbers,
    Strings,
    StringSet,
    StringListMap,
}

impl Shape {
    pub(super) fn ty(self) -> Type {
        let list = |item| Type::List(Box::new(item));
        match self {
            Self::Any => Type::Dynamic,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::AnyList => list(Type::Dynamic),
            Self::AnySet => Type::Set(Box::new(Type::Dynamic)),
            Self::Bools => list(Type::Bool),
            Self::Numbers => list(Type::Number),
            Self::Strings => list(Type::String),
            Self::StringSet => Type::Set(Box::new(Type::String)),
            Self::StringListMap => Type::Map(Box::new(list(Type::String))),
        }
    }
}

const fn param(name: &'static str, shape: Shape) -> Parameter {
    Parameter { name, shape, null: false }
}

const fn nullable(name: &'static str, shape: Shape) -> Parameter {
    Parameter { name, shape, null: true }
}

/// A function of known arguments.
const fn whole(
    name: &'static str,
    parameters: &'static [Parameter],
    returns: Shape,
    run: fn(&Call<'_>) -> Outcome,
) -> Function {
    Function {
        name,
        parameters,
        variadic: None,
        returns,
        knowing: Knowing::Whole,
        marks: Marks::Deep,
        not_null: true,
        transforms: None,
        run,
    }
}

impl Function {
    const fn more(self, variadic: Parameter) -> Self {
        Self { variadic: Some(variadic), ..self }
    }

    const fn partly(self) -> Self {
        Self { knowing: Knowing::Partly, ..self }
    }

    const fn shallow(self) -> Self {
        Self { marks: Marks::Shallow, ..self }
    }

    const fn may_be_null(self) -> Self {
        Self { not_null: false, ..self }
    }

    const fn transforms(self, at: usize) -> Self {
        Self { transforms: Some(at), ..self }
    }
}

const STR: Parameter = param("str", Shape::String);
const PATH: Parameter = param("path", Shape::String);
const LIST: Parameter = param("list", Shape::Any);
const ANY_LIST: Parameter = param("list", Shape::AnyList);
const CONVERTED: Parameter = nullable("v", Shape::Any);

/// A string made of one string.
const fn text(name: &'static str, run: fn(&Call<'_>) -> Outcome) -> Function {
    whole(name, &[STR], Shape::String, run).transforms(0)
}

/// A conversion function.
const fn to(name: &'static str, returns: Shape, run: fn(&Call<'_>) -> Outcome) -> Function {
    whole(name, &[CONVERTED], returns, run).partly().shallow().may_be_null()
}

/// Functions that need the expression of their argument or the template language.
pub(super) const BY_THE_EVALUATOR: [&str; 8] = [
    "can",
    "ephemeralasnull",
    "issensitive",
    "nonsensitive",
    "sensitive",
    "templatefile",
    "templatestring",
    "try",
];

pub(super) static FUNCTIONS: &[Function] = &[
    whole("abs", &[param("num", Shape::Number)], Shape::Number, numeric::abs).transforms(0),
    whole("abspath", &[PATH], Shape::String, files::abspath),
    whole("alltrue", &[param("list", Shape::Bools)], Shape::Bool, collections::alltrue).partly(),
    whole("anytrue", &[param("list", Shape::Bools)], Shape::Bool, collections::anytrue).partly(),
    text("base64decode", encoding::base64decode),
    text("base64encode", encoding::base64encode),
    text("base64gzip", encoding::base64gzip),
    text("base64sha256", hash::base64sha256),
    text("base64sha512", hash::base64sha512),
    whole("basename", &[PATH], Shape::String, files::basename).transforms(0),
    whole("bcrypt", &[STR], Shape::String, hash::bcrypt).more(param("cost", Shape::Number)).partly(),
    whole("ceil", &[param("num", Shape::Number)], Shape::Number, numeric::ceil).transforms(0),
    text("chomp", strings::chomp).partly(),
    whole("chunklist", &[ANY_LIST, param("size", Shape::Number)], Shape::AnyList, collections::chunklist)
        .partly()
        .shallow(),
    whole(
        "cidrhost",
        &[param("prefix", Shape::String), param("hostnum", Shape::Number)],
        Shape::String,
        network::cidrhost,
    )
    .transforms(0),
    whole("cidrnetmask", &[param("prefix", Shape::String)], Shape::String, network::cidrnetmask)
        .transforms(0),
    whole(
        "cidrsubnet",
        &[param("prefix", Shape::String), param("newbits", Shape::Number), param("netnum", Shape::Number)],
        Shape::String,
        network::cidrsubnet,
    )
    .transforms(0),
    whole("cidrsubnets", &[param("prefix", Shape::String)], Shape::Strings, network::cidrsubnets)
        .more(param("newbits", Shape::Number))
        .transforms(0),
    whole("coalesce", &[], Shape::Any, collections::coalesce).more(nullable("vals", Shape::Any)).partly(),
    whole("coalescelist", &[], Shape::Any, collections::coalescelist)
        .more(nullable("vals", Shape::Any))
        .partly(),
    whole("compact", &[param("list", Shape::Strings)], Shape::Strings, collections::compact).partly(),
    whole("concat", &[], Shape::Any, collections::concat).more(param("seqs", Shape::Any)).partly().shallow(),
    whole("contains", &[LIST, param("value", Shape::Any)], Shape::Bool, collections::contains).partly(),
    whole("csvdecode", &[STR], Shape::Any, encoding::csvdecode),
    whole("dirname", &[PATH], Shape::String, files::dirname).transforms(0),
    whole("distinct", &[ANY_LIST], Shape::AnyList, collections::distinct).partly(),
    whole("element", &[LIST, param("index", Shape::Number)], Shape::Any, collections::element)
        .partly()
        .shallow()
        .may_be_null(),
    whole("endswith", &[STR, param("suffix", Shape::String)], Shape::Bool, strings::endswith).partly(),
    whole("file", &[PATH], Shape::String, files::file),
    whole("filebase64", &[PATH], Shape::String, files::filebase64),
    whole("filebase64sha256", &[PATH], Shape::String, files::filebase64sha256),
    whole("filebase64sha512", &[PATH], Shape::String, files::filebase64sha512),
    whole("fileexists", &[PATH], Shape::Bool, files::fileexists),
    whole("filemd5", &[PATH], Shape::String, files::filemd5),
    whole("fileset", &[PATH, param("pattern", Shape::String)], Shape::StringSet, files::fileset),
    whole("filesha1", &[PATH], Shape::String, files::filesha1),
    whole("filesha256", &[PATH], Shape::String, files::filesha256),
    whole("filesha512", &[PATH], Shape::String, files::filesha512),
    whole("flatten", &[LIST], Shape::Any, collections::flatten).partly().shallow(),
    whole("floor", &[param("num", Shape::Number)], Shape::Number, numeric::floor).transforms(0),
    whole("format", &[param("format", Shape::String)], Shape::String, format::format)
        .more(nullable("args", Shape::Any))
        .partly(),
    whole(
        "formatdate",
        &[param("format", Shape::String), param("time", Shape::String)],
        Shape::String,
        time::formatdate,
    ),
    whole("formatlist", &[param("format", Shape::String)], Shape::Strings, format::formatlist)
        .more(nullable("args", Shape::Any))
        .partly(),
    whole("indent", &[param("spaces", Shape::Number), STR], Shape::String, strings::indent).transforms(1),
    whole("index", &[LIST, param("value", Shape::Any)], Shape::Number, collections::index).partly(),
    whole("join", &[param("separator", Shape::String)], Shape::String, strings::join)
        .more(param("lists", Shape::Strings))
        .partly(),
    whole("jsondecode", &[STR], Shape::Any, json::jsondecode).partly().may_be_null(),
    whole("jsonencode", &[nullable("val", Shape::Any)], Shape::String, json::jsonencode).partly(),
    whole("keys", &[param("inputMap", Shape::Any)], Shape::Any, collections::keys).partly().shallow(),
    whole("length", &[param("value", Shape::Any)], Shape::Number, collections::length).partly().shallow(),
    whole("log", &[param("num", Shape::Number), param("base", Shape::Number)], Shape::Number, numeric::log),
    whole(
        "lookup",
        &[param("inputMap", Shape::Any), param("key", Shape::String)],
        Shape::Any,
        collections::lookup,
    )
    .more(nullable("default", Shape::Any))
    .partly()
    .shallow()
    .may_be_null(),
    text("lower", strings::lower).partly(),
    whole(
        "matchkeys",
        &[param("values", Shape::AnyList), param("keys", Shape::AnyList), param("searchset", Shape::AnyList)],
        Shape::AnyList,
        collections::matchkeys,
    )
    .partly(),
    whole("max", &[], Shape::Number, numeric::max).more(param("numbers", Shape::Number)).partly(),
    text("md5", hash::md5),
    whole("merge", &[], Shape::Any, collections::merge).more(nullable("maps", Shape::Any)).partly().shallow(),
    whole("min", &[], Shape::Number, numeric::min).more(param("numbers", Shape::Number)).partly(),
    whole("one", &[LIST], Shape::Any, collections::one).partly().may_be_null(),
    whole(
        "parseint",
        &[param("number", Shape::Any), param("base", Shape::Number)],
        Shape::Number,
        numeric::parseint,
    )
    .transforms(0),
    whole("pathexpand", &[PATH], Shape::String, files::pathexpand).transforms(0),
    whole("plantimestamp", &[], Shape::String, time::plantimestamp),
    whole("pow", &[param("num", Shape::Number), param("power", Shape::Number)], Shape::Number, numeric::pow),
    whole("range", &[], Shape::Numbers, numeric::range).more(param("params", Shape::Number)),
    whole(
        "regex",
        &[param("pattern", Shape::String), param("string", Shape::String)],
        Shape::Any,
        regular::regex,
    )
    .partly()
    .transforms(1),
    whole(
        "regexall",
        &[param("pattern", Shape::String), param("string", Shape::String)],
        Shape::AnyList,
        regular::regexall,
    )
    .partly()
    .transforms(1),
    whole(
        "replace",
        &[STR, param("substr", Shape::String), param("replace", Shape::String)],
        Shape::String,
        regular::replace,
    )
    .partly()
    .transforms(0),
    whole("reverse", &[LIST], Shape::Any, collections::reverse).partly().shallow(),
    whole(
        "rsadecrypt",
        &[param("ciphertext", Shape::String), param("privatekey", Shape::String)],
        Shape::String,
        hash::rsadecrypt,
    )
    .partly(),
    whole("setintersection", &[param("first_set", Shape::AnySet)], Shape::AnySet, sets::intersection)
        .more(param("other_sets", Shape::AnySet))
        .partly(),
    whole("setproduct", &[], Shape::Any, sets::product).more(param("sets", Shape::Any)).partly().shallow(),
    whole(
        "setsubtract",
        &[param("a", Shape::AnySet), param("b", Shape::AnySet)],
        Shape::AnySet,
        sets::subtract,
    )
    .partly(),
    whole("setunion", &[param("first_set", Shape::AnySet)], Shape::AnySet, sets::union)
        .more(param("other_sets", Shape::AnySet))
        .partly(),
    text("sha1", hash::sha1),
    text("sha256", hash::sha256),
    text("sha512", hash::sha512),
    whole("signum", &[param("num", Shape::Number)], Shape::Number, numeric::signum),
    whole(
        "slice",
        &[LIST, param("start_index", Shape::Number), param("end_index", Shape::Number)],
        Shape::Any,
        collections::slice,
    )
    .partly()
    .shallow(),
    whole("sort", &[param("list", Shape::Strings)], Shape::Strings, collections::sort).partly(),
    whole("split", &[param("separator", Shape::String), STR], Shape::Strings, strings::split).transforms(1),
    whole("startswith", &[STR, param("prefix", Shape::String)], Shape::Bool, strings::startswith).partly(),
    whole("strcontains", &[STR, param("substr", Shape::String)], Shape::Bool, strings::strcontains)
        .partly()
        .may_be_null(),
    text("strrev", strings::strrev),
    whole(
        "substr",
        &[STR, param("offset", Shape::Number), param("length", Shape::Number)],
        Shape::String,
        strings::substr,
    )
    .partly()
    .transforms(0),
    whole("sum", &[LIST], Shape::Number, numeric::sum).partly(),
    whole(
        "textdecodebase64",
        &[param("source", Shape::String), param("encoding", Shape::String)],
        Shape::String,
        encoding::textdecodebase64,
    )
    .transforms(0),
    whole(
        "textencodebase64",
        &[param("string", Shape::String), param("encoding", Shape::String)],
        Shape::String,
        encoding::textencodebase64,
    )
    .transforms(0),
    whole(
        "timeadd",
        &[param("timestamp", Shape::String), param("duration", Shape::String)],
        Shape::String,
        time::timeadd,
    )
    .transforms(0),
    whole(
        "timecmp",
        &[param("timestamp_a", Shape::String), param("timestamp_b", Shape::String)],
        Shape::Number,
        time::timecmp,
    ),
    whole("timestamp", &[], Shape::String, time::timestamp),
    text("title", strings::title),
    to("tobool", Shape::Bool, conversion::tobool),
    to("tolist", Shape::AnyList, conversion::tolist),
    to("tomap", Shape::Any, conversion::tomap),
    to("tonumber", Shape::Number, conversion::tonumber),
    to("toset", Shape::AnySet, conversion::toset),
    to("tostring", Shape::String, conversion::tostring),
    whole(
        "transpose",
        &[param("values", Shape::StringListMap)],
        Shape::StringListMap,
        collections::transpose,
    ),
    whole("trim", &[STR, param("cutset", Shape::String)], Shape::String, strings::trim)
        .partly()
        .transforms(0),
    whole("trimprefix", &[STR, param("prefix", Shape::String)], Shape::String, strings::trimprefix)
        .partly()
        .transforms(0),
    text("trimspace", strings::trimspace).partly(),
    whole("trimsuffix", &[STR, param("suffix", Shape::String)], Shape::String, strings::trimsuffix)
        .partly()
        .transforms(0),
    text("upper", strings::upper).partly(),
    text("urlencode", encoding::urlencode),
    whole("uuid", &[], Shape::String, hash::uuid),
    whole(
        "uuidv5",
        &[param("namespace", Shape::String), param("name", Shape::String)],
        Shape::String,
        hash::uuidv5,
    ),
    whole("values", &[param("mapping", Shape::Any)], Shape::Any, collections::values).partly().shallow(),
    whole("yamldecode", &[param("src", Shape::String)], Shape::Any, yaml::yamldecode).partly().may_be_null(),
    whole("yamlencode", &[nullable("value", Shape::Any)], Shape::String, yaml::yamlencode),
    whole(
        "zipmap",
        &[param("keys", Shape::Strings), param("values", Shape::Any)],
        Shape::Any,
        collections::zipmap,
    )
    .partly()
    .shallow(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_complete() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        // `terraform metadata functions -json` of 1.11 lists 118.
        assert_eq!(FUNCTIONS.len() + BY_THE_EVALUATOR.len(), 118);
    }
}
