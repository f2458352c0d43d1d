//! The licenses a card may name.

/// A license a card may name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct License {
    /// What the card writes, such as `apache-2.0`.
    pub id: &'static str,
    /// Its name for people.
    pub label: &'static str,
}

/// All of them, in the order in which the Hub lists them in its error message.
///
/// Compat: `license` in a card must be one of these; clients read the refusal as `"license" must be one of [`.
pub const LICENSES: [License; 83] = [
    of("apache-2.0", "Apache License 2.0"),
    of("mit", "MIT"),
    of("openrail", "OpenRAIL license family"),
    of("bigscience-openrail-m", "BigScience OpenRAIL-M"),
    of("creativeml-openrail-m", "CreativeML OpenRAIL-M"),
    of("bigscience-bloom-rail-1.0", "BigScience BLOOM RAIL 1.0"),
    of("bigcode-openrail-m", "BigCode Open RAIL-M v1"),
    of("afl-3.0", "Academic Free License v3.0"),
    of("artistic-2.0", "Artistic License 2.0"),
    of("bsl-1.0", "Boost Software License 1.0"),
    of("bsd", "BSD license family"),
    of("bsd-2-clause", "BSD 2-Clause \"Simplified\""),
    of("bsd-3-clause", "BSD 3-Clause \"New\" or \"Revised\""),
    of("bsd-3-clause-clear", "BSD 3-Clause Clear"),
    of("c-uda", "Computational Use of Data Agreement"),
    of("cc", "Creative Commons license family"),
    of("cc0-1.0", "Creative Commons Zero v1.0 Universal"),
    of("cc-by-2.0", "Creative Commons Attribution 2.0"),
    of("cc-by-2.5", "Creative Commons Attribution 2.5"),
    of("cc-by-3.0", "Creative Commons Attribution 3.0"),
    of("cc-by-4.0", "Creative Commons Attribution 4.0"),
    of("cc-by-sa-3.0", "Creative Commons Attribution Share Alike 3.0"),
    of("cc-by-sa-4.0", "Creative Commons Attribution Share Alike 4.0"),
    of("cc-by-nc-2.0", "Creative Commons Attribution Non Commercial 2.0"),
    of("cc-by-nc-3.0", "Creative Commons Attribution Non Commercial 3.0"),
    of("cc-by-nc-4.0", "Creative Commons Attribution Non Commercial 4.0"),
    of("cc-by-nd-4.0", "Creative Commons Attribution No Derivatives 4.0"),
    of("cc-by-nc-nd-3.0", "Creative Commons Attribution Non Commercial No Derivatives 3.0"),
    of("cc-by-nc-nd-4.0", "Creative Commons Attribution Non Commercial No Derivatives 4.0"),
    of("cc-by-nc-sa-2.0", "Creative Commons Attribution Non Commercial Share Alike 2.0"),
    of("cc-by-nc-sa-3.0", "Creative Commons Attribution Non Commercial Share Alike 3.0"),
    of("cc-by-nc-sa-4.0", "Creative Commons Attribution Non Commercial Share Alike 4.0"),
    of("cdla-sharing-1.0", "Community Data License Agreement – Sharing 1.0"),
    of("cdla-permissive-1.0", "Community Data License Agreement – Permissive 1.0"),
    of("cdla-permissive-2.0", "Community Data License Agreement – Permissive 2.0"),
    of("wtfpl", "Do What The F*ck You Want To Public License"),
    of("ecl-2.0", "Educational Community License v2.0"),
    of("epl-1.0", "Eclipse Public License 1.0"),
    of("epl-2.0", "Eclipse Public License 2.0"),
    of("etalab-2.0", "Etalab Open License 2.0"),
    of("eupl-1.1", "European Union Public License 1.1"),
    of("eupl-1.2", "European Union Public License 1.2"),
    of("agpl-3.0", "GNU Affero General Public License v3.0"),
    of("gfdl", "GNU Free Documentation License family"),
    of("gpl", "GNU General Public License family"),
    of("gpl-2.0", "GNU General Public License v2.0"),
    of("gpl-3.0", "GNU General Public License v3.0"),
    of("lgpl", "GNU Lesser General Public License family"),
    of("lgpl-2.1", "GNU Lesser General Public License v2.1"),
    of("lgpl-3.0", "GNU Lesser General Public License v3.0"),
    of("isc", "ISC"),
    of("h-research", "H Research License"),
    of("intel-research", "Intel Research Use License Agreement"),
    of("lppl-1.3c", "LaTeX Project Public License v1.3c"),
    of("ms-pl", "Microsoft Public License"),
    of("apple-ascl", "Apple Sample Code License"),
    of("apple-amlr", "Apple Model License for Research"),
    of("mpl-2.0", "Mozilla Public License 2.0"),
    of("odc-by", "Open Data Commons Attribution License"),
    of("odbl", "Open Database License family"),
    of("openmdw-1.0", "OpenMDW License 1.0"),
    of("openmdw-1.1", "OpenMDW License 1.1"),
    of("openrail++", "OpenRAIL++-M"),
    of("osl-3.0", "Open Software License 3.0"),
    of("postgresql", "PostgreSQL License"),
    of("ofl-1.1", "SIL Open Font License 1.1"),
    of("ncsa", "University of Illinois/NCSA Open Source License"),
    of("unlicense", "The Unlicense"),
    of("zlib", "zLib License"),
    of("pddl", "Open Data Commons Public Domain Dedication and License"),
    of("lgpl-lr", "Lesser General Public License For Linguistic Resources"),
    of("deepfloyd-if-license", "DeepFloyd IF Research License"),
    of("fair-noncommercial-research-license", "FAIR Noncommercial Research License"),
    of("llama2", "Llama 2 Community License"),
    of("llama3", "Llama 3 Community License"),
    of("llama3.1", "Llama 3.1 Community License"),
    of("llama3.2", "Llama 3.2 Community License"),
    of("llama3.3", "Llama 3.3 Community License"),
    of("llama4", "Llama 4 Community License"),
    of("grok2-community", "Grok 2 Community License"),
    of("gemma", "Gemma Terms of Use"),
    of("unknown", "Unknown"),
    of("other", "Other"),
];

const fn of(id: &'static str, label: &'static str) -> License {
    License { id, label }
}

/// Looks a license up by what a card writes.
pub fn find(id: &str) -> Option<&'static License> {
    LICENSES.iter().find(|license| license.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_license_is_found_by_its_own_id_only() {
        for (index, license) in LICENSES.iter().enumerate() {
            assert_eq!(find(license.id), Some(&LICENSES[index]));
        }
        assert_eq!(find("apache"), None);
        assert_eq!(find("MIT"), None);
    }
}
