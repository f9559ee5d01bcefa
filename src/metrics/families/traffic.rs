//! Bare traffic between hosts, for each workload of the kind.

use crate::metrics::MetricUnit::{BitsPerSecond, Of, Seconds};
use crate::metrics::declaration::{Definition::PerWorkload, metrics};
use crate::metrics::traffic::TrafficFigures;
use crate::metrics::view::View;
use crate::world::{Work, WorldConfig};

metrics!(TRAFFIC {
    "traffic.WORKLOAD.sent", Of("datagrams"), Count, Sum, Window, "Datagrams handed over.", PerWorkload(is_traffic, |v, workload| Some(figures(v, workload)?.sent as f64));
    "traffic.WORKLOAD.delivered", Of("datagrams"), Count, Sum, Window, "Datagrams delivered.", PerWorkload(is_traffic, |v, workload| Some(figures(v, workload)?.delivered as f64));
    "traffic.WORKLOAD.delay_mean_s", Seconds, Time, Mean, Window, "Time from hand-over until the last byte has passed the receiver's link.", PerWorkload(is_traffic, |v, workload| figures(v, workload)?.delay_mean_s);
    "traffic.WORKLOAD.delay_p50_s", Seconds, Time, Median, Window, "Median of the same delay.", PerWorkload(is_traffic, |v, workload| figures(v, workload)?.quantile(0.5));
    "traffic.WORKLOAD.delay_p99_s", Seconds, Time, P99, Window, "99 % quantile of the same delay.", PerWorkload(is_traffic, |v, workload| figures(v, workload)?.quantile(0.99));
    "traffic.WORKLOAD.throughput_bps", BitsPerSecond, Rate, Ratio, Window, "Delivered payload, per second of the window.", PerWorkload(is_traffic, |v, workload| figures(v, workload)?.throughput_bps);
});

fn is_traffic(config: &WorldConfig, workload: usize) -> bool {
    matches!(config.workloads[workload].work, Work::Traffic { .. })
}

fn figures(view: &View<'_>, workload: usize) -> Option<TrafficFigures> {
    Some(view.run.traffic[workload].as_ref()?.figures(view.window))
}
