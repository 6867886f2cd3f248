//! Named random streams from one seed.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// The one seed of a run. Every consumer draws from a stream of its own name, so adding a consumer
/// changes no other stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Seed(pub u64);

impl Seed {
    /// The generator of the stream `name` (for instance `"init"`, `"shuffle"`, `"forest"`).
    pub fn stream(self, name: &str) -> ChaCha8Rng {
        ChaCha8Rng::from_seed(self.digest(name))
    }

    /// A seed of its own for the part `name`, for parts that have streams themselves.
    pub fn part(self, name: &str) -> Seed {
        let digest = self.digest(name);
        Seed(u64::from_le_bytes(digest[..8].try_into().expect("a digest has 32 bytes")))
    }

    fn digest(self, name: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0.to_le_bytes());
        hash.update(name.as_bytes());
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn streams_differ_by_name_and_seed_and_repeat() {
        let draw = |seed: u64, name: &str| Seed(seed).stream(name).next_u64();
        assert_eq!(draw(0, "init"), draw(0, "init"));
        assert_ne!(draw(0, "init"), draw(0, "shuffle"));
        assert_ne!(draw(0, "init"), draw(1, "init"));
    }
}
