//! The wire format of protocol buffers, as much of it as ONNX needs.

/// A message under construction; fields may come in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A field of a whole number.
    pub(super) fn int(mut self, field: u32, value: i64) -> Self {
        self.key(field, 0);
        // Negative numbers take ten bytes, as all 64-bit ones do.
        self.varint(value as u64);
        self
    }

    /// A field of a 32-bit float.
    pub(super) fn float(mut self, field: u32, value: f32) -> Self {
        self.key(field, 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// A field of bytes or of text.
    pub(super) fn bytes(mut self, field: u32, value: impl AsRef<[u8]>) -> Self {
        self.push(field, value.as_ref());
        self
    }

    /// A field that is a message.
    pub(super) fn message(self, field: u32, value: &Message) -> Self {
        self.bytes(field, &value.0)
    }

    /// A repeated field of whole numbers, packed.
    pub(super) fn ints(self, field: u32, values: impl IntoIterator<Item = i64>) -> Self {
        let mut packed = Message::default();
        values.into_iter().for_each(|value| packed.varint(value as u64));
        self.bytes(field, packed.0)
    }

    /// Adds a field of bytes in place.
    pub(super) fn push(&mut self, field: u32, value: &[u8]) {
        self.key(field, 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    /// The finished bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The finished bytes, given away.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn key(&mut self, field: u32, kind: u32) {
        self.varint(u64::from(field << 3 | kind));
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the encoding guide of protocol buffers.
    #[test]
    fn fields_are_encoded_as_the_guide_says() {
        assert_eq!(Message::default().int(1, 150).as_bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(
            Message::default().int(1, -2).as_bytes()[1..],
            [0xfe, 255, 255, 255, 255, 255, 255, 255, 255, 1]
        );
        let text = Message::default().bytes(2, "testing");
        assert_eq!(text.as_bytes(), [&[0x12, 0x07][..], b"testing"].concat());
        let inner = Message::default().int(1, 150);
        assert_eq!(Message::default().message(3, &inner).into_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let packed = Message::default().ints(6, [3, 270, 86942]);
        assert_eq!(packed.as_bytes(), [0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]);
        assert_eq!(Message::default().float(2, 1.0).as_bytes(), [0x15, 0, 0, 0x80, 0x3f]);
    }
}
