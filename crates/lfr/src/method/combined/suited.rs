//! The combinations that are defaults, one a kind of data.

use crate::data::Kind;
use crate::method::Method;
use crate::method::autoencoder::ae_lfr::AeLfrConfig;
use crate::method::combined::{CombinedConfig, Vote};
use crate::method::dependence::also::AlsoConfig;
use crate::method::forest::isolation_forest::IsolationForestConfig;
use crate::method::lvad::LvadConfig;
use crate::method::neighbours::centroid::CentroidConfig;
use crate::method::neighbours::knn::{Distance, KnnConfig};
use crate::method::patches::PatchesConfig;
use crate::method::pca::PcaConfig;
use crate::method::scaling::Scaling;

impl CombinedConfig {
    /// The default of `lfr rank` for data of `kind`, chosen in `docs/defaults.md`.
    pub fn suited_to(kind: Kind) -> Self {
        let forest = IsolationForestConfig { trees: 500, ..IsolationForestConfig::default() };
        let knn = KnnConfig { neighbours: 0, distance: Distance::Mean, ..KnnConfig::default() };
        let members = match kind {
            Kind::Images => vec![
                Method::IsolationForest(forest.clone()),
                Method::IsolationForest(IsolationForestConfig { scaling: Scaling::Instance, ..forest }),
                // Two starts of k-means instead of ten: the combination does not need the last digit.
                Method::Lvad(LvadConfig { restarts: 2, ..LvadConfig::default() }),
                Method::Patches(PatchesConfig::default()),
            ],
            Kind::Table => vec![
                Method::IsolationForest(forest),
                Method::Knn(KnnConfig { max_reference: 0, ..knn }),
                Method::Also(AlsoConfig::default()),
                Method::Pca(PcaConfig::default()),
            ],
            // A weight by rarity makes the words of the topic that the items share count least, so one member has none.
            Kind::Text => vec![
                Method::Knn(KnnConfig { neighbours: 20, ..knn.clone() }),
                Method::Knn(KnnConfig { neighbours: 50, scaling: Scaling::Presence, ..knn }),
            ],
        };
        // On pictures AE-LFR has no say, because it lowered the combination, but it shows what is unusual where.
        let illustrator = (kind == Kind::Images).then(|| Box::new(Method::AeLfr(AeLfrConfig::short())));
        // What one detector of rows sees another one often cannot: a lump of odd rows, a broken dependence.
        let vote = if kind == Kind::Images { Vote::Mean } else { Vote::Max };
        Self { members, vote, illustrator }
    }

    /// The default of `lfr rank` for the features of an encoder, chosen in `docs/defaults.md`.
    pub fn on_encoded() -> Self {
        let knn = KnnConfig { neighbours: 20, distance: Distance::Mean, ..KnnConfig::default() };
        let members = vec![Method::Knn(knn), Method::Centroid(CentroidConfig::default())];
        Self { members, vote: Vote::Mean, illustrator: None }
    }
}
