//! Plots: lines over a logarithmic axis, as SVG beside the report.

use std::path::Path;

use plotters::prelude::{
    BLACK, ChartBuilder, Circle, Color, IntoDrawingArea, IntoLogRange, LineSeries, Palette, Palette99, PathElement,
    SVGBackend, SeriesLabelPosition, WHITE,
};

/// Pixels of a plot.
const SIZE: (u32, u32) = (940, 460);

/// How much further than the last point the axis goes, so that the legend covers no line.
const ROOM_FOR_THE_LEGEND: f64 = 20.0;

/// What a plot shows.
pub(crate) struct Plot<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
    /// The lines: a name, and points from left to right. No coordinate is zero.
    pub(crate) lines: Vec<(&'a str, Vec<(f64, f64)>)>,
}

impl Plot<'_> {
    /// Draws it over two logarithmic axes: what grows with its amount is a slope of one, what does not is level.
    pub(crate) fn draw(&self, file: &Path) {
        let points = || self.lines.iter().flat_map(|(_, points)| points.iter());
        let least = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(f64::MAX, f64::min);
        let most = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(f64::MIN_POSITIVE, f64::max);
        let (xs, ys) = ((least(|at| at.0), most(|at| at.0)), (least(|at| at.1), most(|at| at.1)));
        let area = SVGBackend::new(file, SIZE).into_drawing_area();
        area.fill(&WHITE).expect("it draws");
        let mut chart = ChartBuilder::on(&area)
            .caption(self.title, ("sans-serif", 20))
            .margin(16)
            .x_label_area_size(44)
            .y_label_area_size(72)
            .build_cartesian_2d(
                (xs.0 / 1.3..xs.1 * ROOM_FOR_THE_LEGEND).log_scale(),
                (ys.0 / 2.0..ys.1 * 2.0).log_scale(),
            )
            .expect("it draws");
        let mut mesh = chart.configure_mesh();
        let number = |number: &f64| number.to_string();
        mesh.x_desc(self.x).y_desc(self.y).x_label_formatter(&number).y_label_formatter(&number);
        mesh.draw().expect("it draws");
        for (number, (name, points)) in self.lines.iter().enumerate() {
            let color = Palette99::pick(number).to_rgba();
            let line = LineSeries::new(points.iter().copied(), color.stroke_width(2));
            let drawn = chart.draw_series(line).expect("it draws");
            drawn.label(*name).legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
            let marks = points.iter().map(|point| Circle::new(*point, 3, color.filled()));
            chart.draw_series(marks).expect("it draws");
        }
        let mut labels = chart.configure_series_labels();
        let labels = labels.position(SeriesLabelPosition::UpperRight).border_style(BLACK).background_style(WHITE);
        labels.draw().expect("it draws");
        area.present().expect("the plot can be written");
    }
}
