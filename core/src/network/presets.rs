//! Published fits of sessions and absences, by network and year.

use super::{Extent, Lengths};
use crate::units::Duration;

/// Sessions, and mostly absences, of a network in which they were measured: the Weibull distributions that were fitted to them.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The network and the year.
    pub name: &'static str,
    /// What was measured, and where the figures are from.
    pub about: &'static str,
    sessions: Fit,
    /// `None`: they were not measured.
    absences: Option<Fit>,
}

#[derive(Clone, Copy, Debug)]
struct Fit {
    shape: f64,
    /// In seconds.
    scale: f64,
}

/// All of them.
pub const PRESETS: [Preset; 8] = [
    Preset {
        name: "kad-2006",
        about: "peers of zone 0x5b of the KAD file-sharing network, July 2006: sessions of those that were met after the first crawl, \
                and absences of those of the first crawl, the only ones that were published; by these fits online 21 % of the \
                time. Steiner et al., RR-07-205, as in PeerfactSim's KadChurnModel, which combines them so",
        sessions: minutes(0.615_11, 169.538_5),
        absences: Some(KAD_ABSENCES),
    },
    Preset {
        name: "kad-2006-first",
        about: "peers of that zone of the KAD network that were there at the first crawl, July 2006; by these fits online 40 % of the \
                time, by the measured means 38 %. Steiner et al., RR-07-205, as in the text of PeerfactSim's KadChurnModel",
        sessions: minutes(0.545_12, 357.715_2),
        absences: Some(KAD_ABSENCES),
    },
    Preset {
        name: "overnet-2003",
        about: "peers of the Overnet file-sharing network, 2003; by these fits online 22 % of the time, by the measured means 16 %. \
                Fits of the Failure Trace Archive, as in OpenDC's Overnet03",
        sessions: hours(0.85, 2.04),
        absences: Some(hours(0.44, 2.98)),
    },
    Preset {
        name: "skype-2006",
        about: "superpeers of Skype, 2006; by these fits online 53 % of the time. Fits of the Failure Trace Archive, as in OpenDC's \
                Skype06",
        sessions: hours(0.64, 10.86),
        absences: Some(hours(0.63, 9.48)),
    },
    Preset {
        name: "planetlab-2005",
        about: "servers of the PlanetLab testbed, 2005; by these fits online 83 % of the time, by the measured means 76 %. Fits of \
                the Failure Trace Archive, as in OpenDC's Pl05",
        sessions: hours(0.33, 19.35),
        absences: Some(hours(0.36, 5.59)),
    },
    Preset {
        name: "microsoft-1999",
        about: "desktop computers of a company, 1999; by these fits online 81 % of the time, by the measured means 80 %. Fits of the \
                Failure Trace Archive, as in OpenDC's Microsoft99",
        sessions: hours(0.55, 35.30),
        absences: Some(hours(0.60, 9.34)),
    },
    Preset {
        name: "ipfs-2021",
        about: "servers of the IPFS DHT, 2021, sessions only: the Weibull distribution by which 87.6 % are below 8 h and 97.5 % below \
                24 h. Trautwein et al., SIGCOMM 2022",
        sessions: hours(0.518, 1.934),
        absences: None,
    },
    Preset {
        name: "ipfs-2022",
        about: "servers of the IPFS DHT, April 2022, sessions only: the Weibull distribution by which half are below 2 h and 80 % \
                below 8 h. ProbeLab, RFM 2",
        sessions: hours(0.608, 3.656),
        absences: None,
    },
];

/// Of peers that were there at the first crawl.
const KAD_ABSENCES: Fit = minutes(0.476_48, 413.676_5);

impl Preset {
    /// How long sessions last.
    pub fn sessions(&self) -> Lengths {
        self.sessions.lengths()
    }

    /// How long absences last, if that was measured.
    pub fn absences(&self) -> Option<Lengths> {
        self.absences.map(Fit::lengths)
    }
}

impl Fit {
    fn lengths(self) -> Lengths {
        let extent = Extent::Scale(Duration::from_seconds(self.scale));
        Lengths::Weibull { extent, shape: self.shape }
    }
}

const fn minutes(shape: f64, scale: f64) -> Fit {
    Fit { shape, scale: scale * 60.0 }
}

const fn hours(shape: f64, scale: f64) -> Fit {
    Fit { shape, scale: scale * 3600.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Absences, Churn, Start};

    fn preset(name: &str) -> &'static Preset {
        PRESETS.iter().find(|preset| preset.name == name).expect("a preset")
    }

    /// Means as the publications' figures have them, scale · Γ(1 + 1/shape): of KAD in minutes, of the others in hours.
    #[test]
    fn means_are_those_of_the_published_fits() {
        for (name, unit, session, absence) in [
            ("kad-2006", 60.0, 247.143, Some(907.989)),
            ("kad-2006-first", 60.0, 617.486, Some(907.989)),
            ("overnet-2003", 3600.0, 2.219, Some(7.775)),
            ("skype-2006", 3600.0, 15.100, Some(13.425)),
            ("planetlab-2005", 3600.0, 120.62, Some(25.553)),
            ("microsoft-1999", 3600.0, 60.096, Some(14.053)),
            ("ipfs-2021", 3600.0, 3.631, None),
            ("ipfs-2022", 3600.0, 5.408, None),
        ] {
            let preset = preset(name);
            let near = |mean: f64, wanted: f64| {
                assert!((mean / unit / wanted - 1.0).abs() < 0.001, "{name}: {}, not {wanted}", mean / unit);
            };
            near(preset.sessions().mean(), session);
            assert_eq!(preset.absences().is_some(), absence.is_some(), "{name}");
            preset
                .absences()
                .zip(absence)
                .iter()
                .for_each(|(absences, wanted)| near(absences.mean(), *wanted));
        }
    }

    #[test]
    fn the_share_online_that_is_told_is_that_of_the_fits() {
        for preset in PRESETS {
            let Some(absences) = preset.absences() else {
                assert!(!preset.about.contains("online"), "{}", preset.name);
                continue;
            };
            let (sessions, absences) = (preset.sessions(), Absences::Last(absences));
            let online = Churn { sessions, absences, start: Start::Stationary }.availability();
            let told = format!("by these fits online {:.0} % of the time", online * 100.0);
            assert!(preset.about.contains(&told), "{}: {told}", preset.name);
        }
    }

    #[test]
    fn quantiles_of_sessions_are_those_that_were_measured() {
        let below = |name: &str, hours: f64| {
            let Fit { shape, scale } = preset(name).sessions;
            -libm::expm1(-libm::pow(hours * 3600.0 / scale, shape))
        };
        for (name, hours, share) in [
            ("ipfs-2021", 8.0, 0.876),
            ("ipfs-2021", 24.0, 0.975),
            ("ipfs-2022", 2.0, 0.5),
            ("ipfs-2022", 8.0, 0.8),
        ] {
            assert!((below(name, hours) - share).abs() < 0.001, "{name} {hours} h: {}", below(name, hours));
        }
    }
}
