//! The floor of `track`: one `UpdateItem`, and the pixel.

use floors::Table;
use floors::requests::note_hit;
use lambda_http::{Body, Error};

const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let names = ["opens", "opens_first_browser", "opens_count_browser", "opens_last_browser"];
    floors::http(|| note_hit(&table, names), "image/gif", || Body::from(PIXEL)).await
}
