use rtmp_vectors::{Allowed, Amf0, Expected, Vector, Yield};

/// What a decoder made of the bytes.
#[derive(Debug)]
pub struct Outcome {
    /// What it found before the error, if there was one.
    pub yields: Vec<Yield>,
    pub error: Option<String>,
}

/// The rules of README.md "Judging a decoder".
pub fn judge(vector: &Vector, outcome: &Outcome) -> Result<(), String> {
    let same = |yields: &[Yield]| equal(yields, &outcome.yields);
    let begun = |yields: &[Yield]| {
        outcome.yields.len() <= yields.len() && equal(&yields[..outcome.yields.len()], &outcome.yields)
    };
    let failed = outcome.error.is_some();
    let allowed = |what: &Allowed| match what {
        Allowed::Accept => !failed && same(&vector.yields),
        Allowed::Close => {
            failed
                && (is_handshake(&vector.yields)
                    || begun(&vector.yields)
                    || vector.alternatives.iter().any(|a| begun(&a.yields)))
        }
        Allowed::Alternative => !failed && vector.alternatives.iter().any(|a| same(&a.yields)),
    };
    let fine = match vector.result {
        Expected::Valid => !failed && same(&vector.yields),
        Expected::Invalid if vector.allow.is_empty() => failed && same(&vector.yields),
        Expected::Invalid | Expected::Lenient => vector.allow.iter().any(allowed),
    };
    if fine {
        return Ok(());
    }
    Err(format!(
        "{:?} {:?}\n expected {:.2000}\n found    {:.2000}\n error    {:?}",
        vector.result,
        vector.allow,
        format!("{:?}", vector.yields),
        format!("{:?}", outcome.yields),
        outcome.error
    ))
}

/// After an error nothing of the handshake's state is to be seen.
fn is_handshake(yields: &[Yield]) -> bool {
    matches!(yields, [Yield::Handshake(_)])
}

fn equal(expected: &[Yield], found: &[Yield]) -> bool {
    expected.len() == found.len() && expected.iter().zip(found).all(|pair| matches(pair.0, pair.1))
}

fn matches(expected: &Yield, found: &Yield) -> bool {
    match (expected, found) {
        (Yield::Amf0(expected), Yield::Amf0(found)) => same_value(expected, found),
        (Yield::Handshake(expected), Yield::Handshake(found)) => {
            let [least, most] = expected.sent;
            (least..=most).contains(&found.sent[0])
                && (expected.done, expected.consumed, expected.peer_version)
                    == (found.done, found.consumed, found.peer_version)
                && (expected.echo_time.is_none() || expected.echo_time == found.echo_time)
                && (expected.echo_random_sha256.is_none()
                    || expected.echo_random_sha256 == found.echo_random_sha256)
        }
        (expected, found) => expected == found,
    }
}

/// Numbers by their bits, NaN as NaN, texts written out, the readers' copy of numbers left out.
fn same_value(expected: &Amf0, found: &Amf0) -> bool {
    let text = |value: &str, times: Option<usize>| value.repeat(times.unwrap_or(1));
    match (expected, found) {
        (Amf0::Number { bits: a, .. }, Amf0::Number { bits: b, .. }) => same_bits(a, b),
        (Amf0::Date { bits: a, zone: x, .. }, Amf0::Date { bits: b, zone: y, .. }) => {
            same_bits(a, b) && x == y
        }
        (Amf0::String { value: a, times: n }, Amf0::String { value: b, times: m })
        | (Amf0::XmlDocument { value: a, times: n }, Amf0::XmlDocument { value: b, times: m }) => {
            text(a, *n) == text(b, *m)
        }
        (Amf0::StrictArray { items: a }, Amf0::StrictArray { items: b }) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (Amf0::Object { properties: a }, Amf0::Object { properties: b }) => same_properties(a, b),
        (Amf0::EcmaArray { count: n, properties: a }, Amf0::EcmaArray { count: m, properties: b }) => {
            n == m && same_properties(a, b)
        }
        (Amf0::TypedObject { class: x, properties: a }, Amf0::TypedObject { class: y, properties: b }) => {
            x == y && same_properties(a, b)
        }
        (a, b) => a == b,
    }
}

fn same_properties(a: &[rtmp_vectors::Property], b: &[rtmp_vectors::Property]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.key.repeat(a.key_times.unwrap_or(1)) == b.key.repeat(b.key_times.unwrap_or(1))
                && same_value(&a.value, &b.value)
        })
}

fn same_bits(a: &str, b: &str) -> bool {
    let number = |text| u64::from_str_radix(text, 16).map(f64::from_bits);
    match (number(a), number(b)) {
        (Ok(a), Ok(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        _ => false,
    }
}
