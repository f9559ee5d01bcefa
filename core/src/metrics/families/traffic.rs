//! Bare traffic between hosts, for each workload of the kind.

use crate::metrics::MetricUnit::{BitsPerSecond, Of, Plain, Seconds};
use crate::metrics::Sample::{self, Tail, Trials};
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{Definition::PerWorkload, Has, OfPlace, metrics};
use crate::metrics::tables::traffic;
use crate::metrics::traffic::TrafficFigures;
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::world::Work;

metrics!(TRAFFIC {
    "traffic.WORKLOAD.sent", Of("datagrams"), Count, Neither, Sum, Window, Started, "datagrams.csv", "Datagrams handed over.", PerWorkload(IS_TRAFFIC, |v, workload| Some(figures(v, workload)?.sent as f64));
    "traffic.WORKLOAD.delivered", Of("datagrams"), Count, More, Sum, Window, Started, "datagrams.csv", "Datagrams delivered.", PerWorkload(IS_TRAFFIC, |v, workload| Some(figures(v, workload)?.delivered as f64));
    "traffic.WORKLOAD.undelivered_ratio", Plain, Share, Less, Ratio, Window, Started, "datagrams.csv", "Share of the datagrams handed over that were not delivered by the end of the run.", PerWorkload(IS_TRAFFIC, |v, workload| figures(v, workload)?.delays.never()), of datagrams;
    "traffic.WORKLOAD.delay_mean_s", Seconds, Time, Less, Mean, Window, Started, "datagrams.csv", "Time from hand-over to the sender's link until the last byte has passed the receiver's (and its processor has handled it, if it has `cpu`), over the datagrams delivered; `undelivered_ratio` says how many were not. Infinite (`null` in files) when none was.", PerWorkload(IS_TRAFFIC, |v, workload| figures(v, workload)?.delays.mean());
    "traffic.WORKLOAD.delay_p50_s", Seconds, Time, Less, Median, Window, Started, "traffic.csv", "Median of the same delay, over all datagrams handed over: what was not delivered took longer than any. Infinite (`null` in files) when fewer than half were delivered.", PerWorkload(IS_TRAFFIC, |v, workload| figures(v, workload)?.delays.median());
    "traffic.WORKLOAD.delay_p99_s", Seconds, Time, Less, P99, Window, Started, "traffic.csv", "99 % quantile of the same delay, over all datagrams handed over: infinite (`null` in files) when more than 1 % of them were not delivered; no value when fewer than 100 were handed over.", PerWorkload(IS_TRAFFIC, |v, workload| figures(v, workload)?.delays.p99()), of delays;
    "traffic.WORKLOAD.throughput_bps", BitsPerSecond, Rate, More, Ratio, Window, Started, "datagrams.csv", "Delivered payload, per second from the first hand-over to the last delivery: the rate while the workload sends, of all its hosts together.", PerWorkload(IS_TRAFFIC, |v, workload| figures(v, workload)?.throughput_bps);
    "traffic.WORKLOAD.answered", Of("datagrams"), Count, More, Sum, Window, Started, "datagrams.csv", "Datagrams whose answer was delivered.", PerWorkload(IS_ANSWERED, |v, workload| Some(figures(v, workload)?.responses?.count() as f64));
    "traffic.WORKLOAD.unanswered_ratio", Plain, Share, Less, Ratio, Window, Started, "datagrams.csv", "Share of the datagrams handed over whose answer was not delivered by the end of the run.", PerWorkload(IS_ANSWERED, |v, workload| figures(v, workload)?.responses?.never()), of datagrams;
    "traffic.WORKLOAD.response_mean_s", Seconds, Time, Less, Mean, Window, Started, "datagrams.csv", "Time from the hand-over of a datagram until the last byte of its answer has passed the sender's link (and its processor has handled it, if it has `cpu`), over those that were answered; `unanswered_ratio` says how many were not. Infinite (`null` in files) when none was.", PerWorkload(IS_ANSWERED, |v, workload| figures(v, workload)?.responses?.mean());
    "traffic.WORKLOAD.response_p50_s", Seconds, Time, Less, Median, Window, Started, "traffic.csv", "Median of the same time, over all datagrams handed over: what was not answered took longer than any. Infinite (`null` in files) when fewer than half were answered.", PerWorkload(IS_ANSWERED, |v, workload| figures(v, workload)?.responses?.median());
    "traffic.WORKLOAD.response_p99_s", Seconds, Time, Less, P99, Window, Started, "traffic.csv", "99 % quantile of the same time, over all datagrams handed over: infinite (`null` in files) when more than 1 % of them were not answered; no value when fewer than 100 were handed over.", PerWorkload(IS_ANSWERED, |v, workload| figures(v, workload)?.responses?.p99()), of responses;
});

charts!(CHARTS {
    TRAFFIC_DELAY_CHART: "traffic_delay" {
        meaning: "The delay of bare traffic as a cumulative distribution, by workload.",
        unasked: None,
        when: When::Traffic,
        needs: &[traffic::WORKLOAD.place()],
    }
});

const IS_ANSWERED: OfPlace = Has {
    when: "the workload's `kind` is \"traffic\", with a `response`",
    is: |config, workload| matches!(config.workloads[workload].work, Work::Traffic { response: Some(_), .. }),
};

const IS_TRAFFIC: OfPlace = Has {
    when: "the workload's `kind` is \"traffic\"",
    is: |config, workload| matches!(config.workloads[workload].work, Work::Traffic { .. }),
};

fn figures(view: &View<'_>, workload: usize) -> Option<TrafficFigures> {
    Some(view.run.traffic[workload].as_ref()?.figures(view.window))
}

fn datagrams(view: &View<'_>, workload: usize, _: usize) -> Sample {
    Trials(figures(view, workload).map_or(0.0, |figures| figures.sent as f64))
}

fn delays(view: &View<'_>, workload: usize, _: usize) -> Sample {
    figures(view, workload).map_or(Trials(0.0), |figures| Tail(figures.delays.tail()))
}

fn responses(view: &View<'_>, workload: usize, _: usize) -> Sample {
    let responses = figures(view, workload).and_then(|figures| figures.responses);
    responses.map_or(Trials(0.0), |responses| Tail(responses.tail()))
}
