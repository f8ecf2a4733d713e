//! Filling a page of rows from as few queries as possible.

use domain::recipient::Recipient;

/// The most queries that one page may cost. A span of 366 days touches 14 months of the index, so that a firm with
/// few e-mails still gets a year on one page; a page that is not full by then is answered as it is, with a cursor.
pub(crate) const MAX_QUERIES: usize = 16;

/// How many recipients a query asks for when some of them will be dropped: about as many as one answer of DynamoDB
/// (1 MB) holds.
pub(crate) const READ_AHEAD: usize = 1_000;

/// The same where each hundred of them are a further request.
pub(crate) const KEYS_AHEAD: usize = 100;

/// Rows in the making. `P` is a place in the listing after which it can go on.
#[derive(Debug)]
pub(crate) struct Gathering<P, R> {
    limit: usize,
    ahead: usize,
    rows: Vec<R>,
    place: Option<P>,
    queries: usize,
    exhausted: bool,
}

impl<P, R> Gathering<P, R> {
    /// A page of up to `limit` rows after a place. `ahead`: how many recipients to ask for at least, because some of them
    /// will not become rows.
    pub(crate) fn new(limit: usize, ahead: usize, after: Option<P>) -> Self {
        Self { limit, ahead, rows: Vec::new(), place: after, queries: 0, exhausted: false }
    }

    /// How many recipients the next query should ask for; `None` when there should be no further one.
    ///
    /// A page that is full asks no more, not even whether anything follows: that would double its cost.
    pub(crate) fn wants(&self) -> Option<usize> {
        if self.exhausted || self.rows.len() >= self.limit || self.queries >= MAX_QUERIES {
            return None;
        }
        Some((self.limit - self.rows.len()).max(self.ahead))
    }

    /// Where the next query should start.
    pub(crate) fn after(&self) -> Option<&P> {
        self.place.as_ref()
    }

    /// Takes what a query answered: `next` is where the listing goes on, `row` tells which recipients become rows, and
    /// `place` which place comes right after one of them.
    pub(crate) fn add(
        &mut self,
        recipients: &[Recipient],
        next: Option<P>,
        row: impl Fn(&Recipient) -> Option<R>,
        place: impl Fn(&Recipient) -> P,
    ) {
        self.queries += 1;
        for (index, recipient) in recipients.iter().enumerate() {
            let Some(row) = row(recipient) else { continue };
            self.rows.push(row);
            if self.rows.len() == self.limit && index + 1 < recipients.len() {
                self.place = Some(place(recipient));
                return;
            }
        }
        self.exhausted = next.is_none();
        self.place = next;
    }

    /// The rows, and the place after them unless the listing has ended.
    pub(crate) fn finish(self) -> (Vec<R>, Option<P>) {
        let place = if self.exhausted { None } else { self.place };
        (self.rows, place)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rows::tests::recipient;

    /// Gathers from a listing of `total` recipients whose queries answer at most `most` each.
    fn gather(
        total: usize,
        most: usize,
        mut gathering: Gathering<usize, usize>,
        keeps: impl Fn(usize) -> bool,
    ) -> (Vec<usize>, Option<usize>, Vec<usize>) {
        let listing: Vec<Recipient> = (0..total).map(|index| recipient(&index.to_string())).collect();
        let number = |recipient: &Recipient| recipient.key.invoice.as_str().parse::<usize>().unwrap();
        let mut asked = Vec::new();
        while let Some(wanted) = gathering.wants() {
            asked.push(wanted);
            let start = gathering.after().map_or(0, |last| last + 1);
            let end = total.min(start + wanted.min(most));
            let next = (end < total).then(|| end - 1);
            let row = |recipient: &Recipient| Some(number(recipient)).filter(|number| keeps(*number));
            gathering.add(&listing[start..end], next, row, number);
        }
        let (rows, place) = gathering.finish();
        (rows, place, asked)
    }

    #[test]
    fn a_full_page_is_one_query() {
        let (rows, place, asked) = gather(10, 100, Gathering::new(4, 0, None), |_| true);
        assert_eq!((rows, place, asked), (vec![0, 1, 2, 3], Some(3), vec![4]));
        let (rows, place, asked) = gather(10, 100, Gathering::new(4, 0, Some(7)), |_| true);
        assert_eq!((rows, place, asked), (vec![8, 9], None, vec![4]));
    }

    #[test]
    fn short_answers_are_filled_up() {
        let (rows, place, asked) = gather(10, 3, Gathering::new(5, 0, None), |_| true);
        assert_eq!((rows, place, asked), (vec![0, 1, 2, 3, 4], Some(4), vec![5, 2]));
    }

    #[test]
    fn a_sieved_page_stops_at_its_limit_and_goes_on_right_there() {
        let even = |number: usize| number.is_multiple_of(2);
        let (rows, place, asked) = gather(10, 100, Gathering::new(3, READ_AHEAD, None), even);
        assert_eq!((rows, place, asked), (vec![0, 2, 4], Some(4), vec![READ_AHEAD]));
        let (rows, place, _) = gather(10, 100, Gathering::new(3, READ_AHEAD, Some(4)), even);
        assert_eq!((rows, place), (vec![6, 8], None));
    }

    #[test]
    fn a_page_costs_a_bounded_number_of_queries() {
        let (rows, place, asked) = gather(100, 2, Gathering::new(5, READ_AHEAD, None), |_| false);
        assert_eq!((rows, asked.len()), (vec![], MAX_QUERIES));
        assert_eq!(place, Some(2 * MAX_QUERIES - 1));
    }

    #[test]
    fn every_row_comes_once_whatever_the_pages() {
        for limit in 1..8 {
            for most in 1..8 {
                let (mut all, mut after) = (Vec::new(), None);
                loop {
                    let (rows, place, _) = gather(23, most, Gathering::new(limit, READ_AHEAD, after), |n| n % 3 > 0);
                    all.extend(rows);
                    after = place;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(all, (0..23).filter(|n| n % 3 > 0).collect::<Vec<_>>(), "{limit} {most}");
            }
        }
    }
}
