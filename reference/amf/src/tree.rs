//! What the decoder builds: owned or borrowed values from the same code.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{TypedObject, TypedObjectRef, Value, ValueRef, amf3};

/// A property with its name.
pub(crate) type Properties<'a, V> = Vec<(<V as Tree<'a>>::Text, V)>;

pub(crate) trait Tree<'a>: Sized {
    type Text;

    const NULL: Self;
    const UNDEFINED: Self;
    const UNSUPPORTED: Self;

    fn text(text: &'a str) -> Self::Text;
    fn number(number: f64) -> Self;
    fn boolean(value: bool) -> Self;
    fn string(text: &'a str) -> Self;
    fn object(properties: Properties<'a, Self>) -> Self;
    fn reference(index: u16) -> Self;
    fn ecma_array(count: u32, properties: Properties<'a, Self>) -> Self;
    fn strict_array(items: Vec<Self>) -> Self;
    fn date(millis: f64, zone: i16) -> Self;
    fn xml_document(text: &'a str) -> Self;
    fn typed_object(class: &'a str, properties: Properties<'a, Self>) -> Self;
    fn avm_plus(value: amf3::Value) -> Self;
}

macro_rules! tree {
    ($value:ident $(<$life:lifetime>)?, $typed:ident, $text:ty) => {
        impl<'a> Tree<'a> for $value $(<$life>)? {
            type Text = $text;

            const NULL: Self = Self::Null;
            const UNDEFINED: Self = Self::Undefined;
            const UNSUPPORTED: Self = Self::Unsupported;

            #[inline]
            fn text(text: &'a str) -> Self::Text {
                text.into()
            }

            #[inline]
            fn number(number: f64) -> Self {
                Self::Number(number)
            }

            #[inline]
            fn boolean(value: bool) -> Self {
                Self::Boolean(value)
            }

            #[inline]
            fn string(text: &'a str) -> Self {
                Self::String(text.into())
            }

            #[inline]
            fn object(properties: Properties<'a, Self>) -> Self {
                Self::Object(properties)
            }

            fn reference(index: u16) -> Self {
                Self::Reference(index)
            }

            #[inline]
            fn ecma_array(count: u32, properties: Properties<'a, Self>) -> Self {
                Self::EcmaArray { count, properties }
            }

            #[inline]
            fn strict_array(items: Vec<Self>) -> Self {
                Self::StrictArray(items)
            }

            fn date(millis: f64, zone: i16) -> Self {
                Self::Date { millis, zone }
            }

            fn xml_document(text: &'a str) -> Self {
                Self::XmlDocument(text.into())
            }

            fn typed_object(class: &'a str, properties: Properties<'a, Self>) -> Self {
                Self::TypedObject(Box::new($typed { class: class.into(), properties }))
            }

            fn avm_plus(value: amf3::Value) -> Self {
                Self::AvmPlus(Box::new(value))
            }
        }
    };
}

tree!(Value, TypedObject, String);
tree!(ValueRef<'a>, TypedObjectRef, &'a str);
