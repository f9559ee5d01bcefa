//! The page of `ir3sim report` in a real browser, where there is one.

use serde_json::{Value, json};

use super::chromium::Chromium;
use super::program::{Home, TRAFFIC};
use super::report::LIARS;

/// A page with a result that has adversaries, one that has none, and a sweep.
fn home_with_page() -> (Home, String) {
    let home = Home::new();
    home.file("liars.toml", LIARS);
    home.file("two.toml", TRAFFIC);
    home.run(&["run", "liars.toml", "--replications", "2", "--out", "all/liars"]);
    home.run(&["run", "two.toml", "--out", "all/two"]).exits(0);
    let axes = ["--axis", "network.loss=0.0,0.2", "--axis", "workloads.probe.size=100 B,972 B"];
    let sweep = ["sweep", "run", "two.toml", "--replications", "2", "--out", "all/sweep"];
    home.run(&[&sweep[..], &axes[..], &["--show", "messages.lost"]].concat());
    home.run(&["report", "all"]).exits(0);
    let url = format!("file://{}", home.path("report.html").display());
    (home, url)
}

/// Light or dark: the mean of red, green and blue.
fn brightness(browser: &mut Chromium, of: &str) -> f64 {
    let colour = browser.value(of);
    let numbers: Vec<f64> = colour
        .as_str()
        .expect("a colour")
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    numbers[..3].iter().sum::<f64>() / 3.0
}

const GROUND: &str = "getComputedStyle(document.body).backgroundColor";
const LETTERS: &str = "getComputedStyle(document.body).color";

/// What stands under the pointer in the middle of the first area of each chart that has one.
const POINTED: &str = "[...document.querySelectorAll('.chart')].map(chart => {
    const area = chart.querySelector('.hints path');
    if (!area) return null;
    area.scrollIntoView({ block: 'center' });
    const box = area.getBoundingClientRect();
    const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return found && found.querySelector('title') ? found.querySelector('title').textContent : '';
})";

/// Whether the link below the first chart opens the data of it.
const DATA: &str = "(() => {
    const link = document.querySelector('figcaption a[href^=\"#data-\"]');
    link.click();
    const details = document.querySelector(link.getAttribute('href')).closest('details');
    return [location.hash, details.open];
})()";

#[test]
fn the_page_is_whole_in_a_browser_without_script_or_network_in_light_in_dark_and_in_print() {
    let Some(mut browser) = Chromium::start() else { return };
    let (_home, url) = home_with_page();
    browser.ask("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    browser.open(&url);
    let charts = browser
        .value("[...document.querySelectorAll('.chart svg')].map(svg => svg.getBoundingClientRect().height)");
    let charts: Vec<f64> = charts.as_array().expect("a list").iter().filter_map(Value::as_f64).collect();
    assert!(charts.len() > 5 && charts.iter().all(|height| *height > 100.0), "{charts:?}");
    let wide = browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
    assert_eq!(wide, true, "nothing is wider than the window");

    let told = browser.value(POINTED);
    let told: Vec<&str> = told.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(told.len() > 5 && told.iter().all(|words| words.lines().count() > 1), "{told:?}");
    assert!(told.iter().any(|words| words.contains("n = 2")), "{told:?}");

    let of_scheme = |browser: &mut Chromium, media: &str, scheme: &str| {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.ask("Emulation.setEmulatedMedia", &json!({ "media": media, "features": features }));
        (brightness(browser, GROUND), brightness(browser, LETTERS))
    };
    for (media, scheme, is_dark) in [("", "light", false), ("", "dark", true), ("print", "dark", false)] {
        let (ground, letters) = of_scheme(&mut browser, media, scheme);
        assert!(
            (letters - ground).abs() > 180.0 && (ground < letters) == is_dark,
            "{media} {scheme}: {ground} {letters}"
        );
    }
    assert_eq!(browser.value("getComputedStyle(document.querySelector('nav')).display"), "none");
    let paper = browser.ask("Page.printToPDF", &json!({ "preferCSSPageSize": true }));
    assert!(paper["data"].as_str().is_some_and(|data| data.starts_with("JVBERi0") && data.len() > 50_000));

    browser.ask("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    let data = browser.value(DATA);
    assert!(data[0].as_str().is_some_and(|place| place.starts_with("#data-")) && data[1] == true, "{data}");

    let asked: Vec<String> = browser
        .told("Network.requestWillBeSent")
        .iter()
        .map(|request| request["request"]["url"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(asked.iter().all(|asked| *asked == url), "{asked:?}");
    for method in ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"] {
        assert!(browser.told(method).is_empty(), "{:?}", browser.told(method));
    }
}
