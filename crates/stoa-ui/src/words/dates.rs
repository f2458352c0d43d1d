//! Dates: how long ago, and the exact moment for whoever points at it.

use stoa_core::Time;

use super::{Language, Words};
use crate::markup::Markup;

/// Year, month, day, hour and minute in UTC.
struct Parts {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
}

fn parts(time: Time) -> Parts {
    // Times outside of what a calendar knows are shown as its beginning.
    let stamp = jiff::Timestamp::from_microsecond(time.0).unwrap_or_default();
    let at = stamp.to_zoned(jiff::tz::TimeZone::UTC);
    Parts { year: at.year(), month: at.month(), day: at.day(), hour: at.hour(), minute: at.minute() }
}

/// The keys of the months, in order.
const MONTHS: [&str; 12] = [
    "month-january",
    "month-february",
    "month-march",
    "month-april",
    "month-may",
    "month-june",
    "month-july",
    "month-august",
    "month-september",
    "month-october",
    "month-november",
    "month-december",
];

impl Words {
    /// A day: `November 22, 2026`, `22 novembre 2026`.
    pub(crate) fn day(self, time: Time) -> String {
        let at = parts(time);
        let month = self.t(MONTHS[(at.month.clamp(1, 12) - 1) as usize]);
        match self.language() {
            Language::English => format!("{month} {}, {}", at.day, at.year),
            Language::Italian | Language::French => format!("{} {month} {}", at.day, at.year),
        }
    }

    /// A day and the time of the day in UTC.
    pub(crate) fn moment(self, time: Time) -> String {
        let at = parts(time);
        format!("{}, {:02}:{:02} UTC", self.day(time), at.hour, at.minute)
    }

    /// How long ago something was, as text.
    pub(crate) fn ago_text(self, time: Time, now: Time) -> String {
        let seconds = (now.0 - time.0) / Time::SECOND;
        match seconds {
            ..0 => self.day(time),
            0..60 => self.t("ago-now"),
            60..3_600 => self.n("ago-minutes", seconds / 60),
            3_600..86_400 => self.n("ago-hours", seconds / 3_600),
            86_400..2_592_000 => self.n("ago-days", seconds / 86_400),
            2_592_000..31_536_000 => self.n("ago-months", seconds / 2_592_000),
            _ => self.n("ago-years", seconds / 31_536_000),
        }
    }

    /// How long ago something was, with the exact moment for whoever points at it.
    pub(crate) fn ago(self, time: Time, now: Time) -> Markup {
        let (text, exact) = (self.ago_text(time, now), self.moment(time));
        Markup(format!("<time datetime=\"{time}\" title=\"{exact}\">{text}</time>"))
    }

    /// A day, with the exact moment for whoever points at it.
    pub(crate) fn date(self, time: Time) -> Markup {
        Markup(format!("<time datetime=\"{time}\" title=\"{}\">{}</time>", self.moment(time), self.day(time)))
    }
}
