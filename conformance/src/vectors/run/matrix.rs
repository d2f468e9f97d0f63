//! `vectors/adapters/matrix.toml`: which decoders are judged together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// Which vectors are asked where the command line selects none, as `rtmpspec vectors list` takes it.
    #[serde(default)]
    pub select: Vec<String>,
    /// Its rows.
    pub decoder: Vec<Decoder>,
}

/// One decoder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decoder {
    /// Its name in the table.
    pub name: String,
    /// The adapter, argv split without a shell.
    pub cmd: String,
    /// What to do where it cannot be started.
    pub setup: Option<String>,
    /// Where it runs, relative to the file; the current folder otherwise.
    pub cwd: Option<PathBuf>,
    /// Known causes of failures, by glob of ids, in neutral words.
    #[serde(default)]
    pub causes: BTreeMap<String, String>,
}

impl Matrix {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read or has another form; with its name and the place.
    pub fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
        let mut matrix: Self = toml::from_str(&text).map_err(|error| format!("{shown}: {error}"))?;
        let base = path.parent().unwrap_or(Path::new("."));
        for decoder in &mut matrix.decoder {
            decoder.cwd = decoder.cwd.take().map(|cwd| base.join(cwd));
        }
        let mut names: Vec<&str> = matrix.decoder.iter().map(|d| d.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("{shown}: the decoder {} stands twice", twice[0]));
        }
        if matrix.decoder.is_empty() {
            return Err(format!("{shown}: no [[decoder]]"));
        }
        Ok(matrix)
    }
}
