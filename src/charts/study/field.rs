//! The points of a study as cells of two axes, a field for each combination of the others.

use super::data::{Data, short_path};

/// More fields than this do not stand in one picture.
pub(super) const MOST_PANELS: usize = 12;
/// Words of an axis that are longer than this stand better beside rows than below columns.
const SHORT: usize = 12;

/// Two axes of a study.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plane {
    pub x: usize,
    pub y: usize,
}

/// The points with the same values of all other axes.
pub(super) struct Field {
    /// What these are; empty where there is no other axis.
    pub name: String,
    /// By row, from below, and column: the place of the point; none where there is none.
    pub cells: Vec<Vec<Option<usize>>>,
}

/// The different values of an axis: numbers rising, words in the order of the points.
pub(super) fn values(data: &Data, axis: usize) -> Vec<&str> {
    let mut values: Vec<(f64, &str)> = Vec::new();
    let numbers = data.numbers(axis).map(|(numbers, _)| numbers);
    for (place, point) in data.points.iter().enumerate() {
        if !values.iter().any(|(_, value)| *value == point.at[axis]) {
            values.push((numbers.as_ref().map_or(0.0, |numbers| numbers[place]), &point.at[axis]));
        }
    }
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    values.into_iter().map(|(_, value)| value).collect()
}

/// How many fields the plane of this study has.
pub(super) fn panels(data: &Data) -> usize {
    plane(data, None).map_or(0, |plane| fields(data, plane).len())
}

/// The two axes of a heat map: those with the most different numbers, or else values; `across` as asked.
pub(super) fn plane(data: &Data, across: Option<usize>) -> Option<Plane> {
    let mut axes: Vec<usize> = (0..data.axes.len()).filter(|axis| values(data, *axis).len() > 1).collect();
    axes.sort_by_key(|axis| {
        let count = values(data, *axis).len();
        (across != Some(*axis), data.numbers(*axis).is_none(), std::cmp::Reverse(count))
    });
    let (one, other) = (*axes.first()?, *axes.get(1)?);
    let longest = |axis: usize| values(data, axis).iter().map(|value| value.chars().count()).max();
    let is_long = longest(one) > Some(SHORT) && longest(other) < longest(one);
    if across.is_none() && is_long {
        Some(Plane { x: other, y: one })
    } else {
        Some(Plane { x: one, y: other })
    }
}

/// All fields, in the order of the points.
pub(super) fn fields(data: &Data, plane: Plane) -> Vec<Field> {
    let (columns, rows) = (values(data, plane.x), values(data, plane.y));
    let name = |point: usize| {
        let others = data.axes.iter().zip(&data.points[point].at).enumerate();
        let others = others.filter(|(axis, _)| *axis != plane.x && *axis != plane.y);
        let varied = others.filter(|(axis, _)| values(data, *axis).len() > 1);
        let named = varied.map(|(_, (path, value))| format!("{} = {value}", short_path(path)));
        named.collect::<Vec<_>>().join(", ")
    };
    let mut fields: Vec<Field> = Vec::new();
    for (place, point) in data.points.iter().enumerate() {
        let name = name(place);
        let known = fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
            fields.push(Field { name, cells: vec![vec![None; columns.len()]; rows.len()] });
            fields.len() - 1
        });
        let find = |values: &[&str], axis: usize| values.iter().position(|value| *value == point.at[axis]);
        if let (Some(column), Some(row)) = (find(&columns, plane.x), find(&rows, plane.y)) {
            fields[known].cells[row][column].get_or_insert(place);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_cells_of_the_axes_with_the_most_numbers_and_the_others_make_fields() {
        let rows: Vec<[String; 3]> = ["x", "y"]
            .iter()
            .flat_map(|word| {
                [10, 9].iter().flat_map(move |a| {
                    (0..3).map(move |b| [(*word).to_owned(), format!("{a} s"), format!("{b}")])
                })
            })
            .collect();
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let points: Vec<(&[&str], Option<f64>)> = rows.iter().map(|row| (&row[..], Some(1.0))).collect();
        let data = Data::made(&["word", "a", "b"], &points);
        assert_eq!(plane(&data, None), Some(Plane { x: 2, y: 1 }));
        assert_eq!(plane(&data, Some(0)), Some(Plane { x: 0, y: 2 }));
        assert_eq!(values(&data, 1), ["9 s", "10 s"]);
        let fields = fields(&data, Plane { x: 2, y: 1 });
        assert_eq!(
            fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            ["word = x", "word = y"]
        );
        assert_eq!(fields[0].cells, [[Some(3), Some(4), Some(5)], [Some(0), Some(1), Some(2)]]);
        let one = Data::made(&["a"], &[(&["1"], Some(1.0)), (&["2"], Some(1.0))]);
        assert_eq!(plane(&one, None), None);
    }

    #[test]
    fn long_words_stand_beside_rows() {
        let long = "{ fixed = \"10 ms\" }, and quite a bit more of it";
        let points: [(&[&str], Option<f64>); 4] = [
            (&[long, "1"], Some(1.0)),
            (&["b", "1"], Some(1.0)),
            (&["c", "2"], Some(1.0)),
            (&["d", "2"], None),
        ];
        let data = Data::made(&["network.latency", "protocol.enough"], &points);
        assert_eq!(plane(&data, None), Some(Plane { x: 1, y: 0 }));
        assert_eq!(values(&data, 0)[0], long);
        let fields = fields(&data, Plane { x: 1, y: 0 });
        assert_eq!(fields[0].cells[2], [None, Some(2)]);
    }
}
