//! Upper and lower case as Go maps them: one character to one character.

/// A text with every letter mapped; bytes that are not UTF-8 become U+FFFD.
pub(super) fn map(text: &[u8], letter: fn(char) -> char) -> Vec<u8> {
    let mut mapped = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        mapped.extend(chunk.valid().chars().map(letter));
        mapped.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    mapped.into_bytes()
}

/// The upper-case letter, where one character stands for it.
pub(super) fn upper(letter: char) -> char {
    match letter {
        // Letters whose full mapping is several characters, but which have a single titled form.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => shifted(letter, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => shifted(letter, 9),
        _ => single(letter.to_uppercase(), letter),
    }
}

/// The lower-case letter.
pub(super) fn lower(letter: char) -> char {
    if letter == '\u{130}' { 'i' } else { single(letter.to_lowercase(), letter) }
}

fn shifted(letter: char, by: u32) -> char {
    char::from_u32(u32::from(letter) + by).unwrap_or(letter)
}

fn single(mut mapped: impl ExactSizeIterator<Item = char>, letter: char) -> char {
    match (mapped.len(), mapped.next()) {
        (1, Some(only)) => only,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_map_one_to_one() {
        assert_eq!(map("héllo ß ᾳ".as_bytes(), upper), "HÉLLO ß ᾼ".as_bytes());
        assert_eq!(map("ÉΣİ".as_bytes(), lower), "éσi".as_bytes());
        assert_eq!(map(b"a\xffb", upper), "A\u{fffd}B".as_bytes());
    }
}
