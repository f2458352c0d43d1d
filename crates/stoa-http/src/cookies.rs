//! Cookies: the few that the site sets, read and written.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::Origin;

/// The secret of the session of a browser that is signed in.
pub const SESSION: &str = "stoa_session";

/// The value of a cookie that was sent. Of several with one name the first counts, as browsers send the most specific
/// first.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A `Set-Cookie` that no script can read and no other site can make use of. `seconds` of 0 takes the cookie away, and
/// without them it lasts as long as the browser is open.
pub fn set(name: &str, value: &str, seconds: Option<i64>, origin: &Origin) -> HeaderValue {
    let secure = if origin.as_str().starts_with("https://") { "; Secure" } else { "" };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    // The values are ours: letters, digits and `-`.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; stoa_session=x=y;b"));
        headers.append(header::COOKIE, HeaderValue::from_static("stoa_session=second; c="));
        assert_eq!(find(&headers, SESSION), Some("x=y"));
        assert_eq!(find(&headers, "c"), Some(""));
        assert_eq!(find(&headers, "stoa"), None);
        assert_eq!(find(&headers, "b"), None);
    }

    #[test]
    fn cookies_stay_on_encrypted_connections_where_there_are_some() {
        let plain = set("n", "v", None, &Origin("http://hub.test".to_owned()));
        assert_eq!(plain, "n=v; Path=/; HttpOnly; SameSite=Lax");
        let safe = set("n", "", Some(0), &Origin("https://hub.test".to_owned()));
        assert_eq!(safe, "n=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
    }
}
