//! Digests as binary attributes: 32 bytes each, where hexadecimal would take 64 of an item whose size is what each of
//! its updates costs.

use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::digest::Digest;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A digest as items hold it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DigestItem(pub(crate) Digest);

pub(crate) fn digest_value(digest: Digest) -> AttributeValue {
    AttributeValue::B(Blob::new(digest.to_bytes()))
}

impl Serialize for DigestItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.to_bytes())
    }
}

impl<'de> Deserialize<'de> for DigestItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = DigestItem;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the 32 bytes of a digest")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<DigestItem, E> {
                let bytes = bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))?;
                Ok(DigestItem(Digest::from_bytes(bytes)))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
