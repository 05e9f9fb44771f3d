//! Base 64, base 32 and digests. A text that cannot be decoded gives the error's message, as in the reference.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::signature::{Function, Type};
use crate::template::value::Value;

use Type::Text as Str;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("b64enc", &[Str], |_, a| Ok(Value::text(STANDARD.encode(a.bytes(0))))),
    Function::fixed("b64dec", &[Str], |_, a| Ok(decoded("base64", base64_decode(a.bytes(0))))),
    Function::fixed("b32enc", &[Str], |_, a| Ok(Value::text(base32_encode(a.bytes(0))))),
    Function::fixed("b32dec", &[Str], |_, a| Ok(decoded("base32", base32_decode(a.bytes(0))))),
    Function::fixed("sha1sum", &[Str], |_, a| Ok(Value::text(hexadecimal(&Sha1::digest(a.bytes(0)))))),
    Function::fixed("sha256sum", &[Str], |_, a| Ok(Value::text(hexadecimal(&Sha256::digest(a.bytes(0)))))),
    Function::fixed("sha512sum", &[Str], |_, a| Ok(Value::text(hexadecimal(&Sha512::digest(a.bytes(0)))))),
    Function::fixed("adler32sum", &[Str], |_, a| Ok(Value::text(adler32(a.bytes(0)).to_string()))),
];

fn decoded(name: &str, result: Result<Vec<u8>, usize>) -> Value {
    match result {
        Ok(bytes) => Value::text(bytes),
        Err(at) => Value::text(format!("illegal {name} data at input byte {at}")),
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adler-32 (RFC 1950).
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    // So many bytes fit before a sum could overflow.
    let (a, b) = bytes.chunks(5_552).fold((1_u32, 0_u32), |(a, b), chunk| {
        let (a, b) = chunk.iter().fold((a, b), |(a, b), byte| (a + u32::from(*byte), b + a + u32::from(*byte)));
        (a % MODULUS, b % MODULUS)
    });
    b << 16 | a
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The bytes of a padded base 64 text, or the place of what is wrong, as Go tells it. Line ends are skipped.
pub(super) fn base64_decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut decoder = Decoder { text, at: 0 };
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    loop {
        let (mut group, mut count) = (0_u32, 0);
        while count < 4 {
            let Some(byte) = decoder.next() else {
                // The text may end between two groups only.
                return if count == 0 { Ok(out) } else { Err(decoder.at - count) };
            };
            if let Some(value) = BASE64.iter().position(|symbol| *symbol == byte) {
                group = group << 6 | value as u32;
                count += 1;
                continue;
            }
            if byte != b'=' || count < 2 {
                return Err(decoder.at - 1);
            }
            if count == 2 {
                match decoder.next() {
                    Some(b'=') => {}
                    // Go names the byte before the one that should be padding.
                    Some(_) => return Err(decoder.at - 2),
                    None => return Err(text.len()),
                }
            }
            if decoder.next().is_some() {
                return Err(decoder.at - 1);
            }
            let bytes = (group << (6 * (4 - count))).to_be_bytes();
            out.extend(bytes.iter().skip(1).take(count - 1));
            return Ok(out);
        }
        out.extend(group.to_be_bytes().iter().skip(1));
    }
}

/// The symbols of a text without its line ends.
struct Decoder<'a> {
    text: &'a [u8],
    at: usize,
}

impl Decoder<'_> {
    fn next(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            self.at += 1;
            if !matches!(byte, b'\r' | b'\n') {
                return Some(*byte);
            }
        }
        None
    }
}

fn base32_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let group = chunk.iter().fold(0_u64, |group, byte| group << 8 | u64::from(*byte)) << (8 * (5 - chunk.len()));
        let symbols = (chunk.len() * 8).div_ceil(5);
        for place in 0..8 {
            let value = (group >> (35 - 5 * place) & 31) as usize;
            let symbol = BASE32.get(value).map_or('=', |symbol| char::from(*symbol));
            out.push(if place < symbols { symbol } else { '=' });
        }
    }
    out
}

/// The bytes of a padded base 32 text, or the place of what is wrong, as Go tells it. Line ends are skipped.
fn base32_decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let symbols: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut out = Vec::with_capacity(symbols.len() / 8 * 5);
    let mut at = 0;
    while at < symbols.len() {
        let (mut group, mut count) = (0_u64, 0);
        while count < 8 {
            let byte = *symbols.get(at).ok_or(symbols.len() - count)?;
            at += 1;
            if byte == b'=' && count >= 2 && symbols.len() - at < 8 {
                base32_padding(&symbols, at, count)?;
                out.extend((group << (5 * (8 - count)) << 24).to_be_bytes().iter().take(count * 5 / 8));
                return Ok(out);
            }
            let value = BASE32.iter().position(|symbol| *symbol == byte).ok_or(at - 1)?;
            group = group << 5 | value as u64;
            count += 1;
        }
        out.extend((group << 24).to_be_bytes().iter().take(5));
    }
    Ok(out)
}

/// Whether a group of `count` symbols, whose first padding is before `at`, is padded as it must be.
fn base32_padding(symbols: &[u8], at: usize, count: usize) -> Result<(), usize> {
    let rest = symbols.get(at..).unwrap_or_default();
    if rest.len() + count < 7 {
        return Err(symbols.len());
    }
    if let Some(wrong) = rest.iter().take(7 - count).position(|byte| *byte != b'=') {
        return Err(at + wrong - 1);
    }
    // So many symbols do not end at a byte.
    if matches!(count, 3 | 6) { Err(at - 1) } else { Ok(()) }
}
