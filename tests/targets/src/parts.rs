//! An input's parts.

/// What stands between two parts; a line of its own, so that seeds can be read and written by hand.
const SEPARATOR: &str = "\n====\n";

/// The parts of an input, in order; missing ones are empty. What is no UTF-8 is replaced: nothing but UTF-8 comes this
/// far in any of the functions. A file's last line end is an editor's, not the input's.
pub(crate) fn parts<const N: usize>(data: &[u8]) -> [String; N] {
    let text = String::from_utf8_lossy(data);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut parts = text.splitn(N, SEPARATOR);
    std::array::from_fn(|_| parts.next().unwrap_or_default().to_owned())
}

/// A part that may be left out.
pub(crate) fn given(part: &str) -> Option<&str> {
    Some(part).filter(|part| !part.is_empty())
}

/// A number that a part stands for: any text is some number, so that no mutation is wasted.
pub(crate) fn number(part: &str) -> usize {
    part.bytes().fold(0_usize, |number, byte| number.wrapping_mul(31).wrapping_add(usize::from(byte)))
}
