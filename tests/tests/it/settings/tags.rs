//! The tags of what another version of the functions has written.

use domain::client::Profile;
use domain::ids::Client;
use domain::invoice::StoredInvoice;
use domain::settings::Settings;
use table::{Expected, Told, Written};
use tests::cloud::Cloud;
use tests::written::firm;

#[tokio::test]
async fn what_another_version_has_written_can_be_changed_by_the_tag_that_it_shows() {
    let (cloud, firm) = (Cloud::start().await, firm());
    let (table, client, invoice) = (cloud.table(), "c1".parse::<Client>().unwrap(), "1042".parse().unwrap());
    let settings = Settings { display_balances: true, ..Settings::default() };
    table.put_settings(&firm, settings, Expected::Anything, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    table.put_client(&firm, &client, Profile::default(), Expected::Anything).await.unwrap();
    table.put_invoice(&firm, &invoice, StoredInvoice::default(), Expected::Anything).await.unwrap();
    // A version that knows another field takes its tags of another text.
    cloud.spoil_all("etag").await;

    let seen = [table.settings(&firm).await.unwrap().etag];
    let written = table
        .put_settings(&firm, Settings::default(), Expected::OneOf(&seen), jiff::Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    assert!(matches!(written, Written::Done(_)), "{seen:?} {written:?}");
    let seen = [table.client(&firm, &client).await.unwrap().unwrap().etag];
    let profile = Profile { name: Some("Acme".to_owned()), ..Profile::default() };
    let written = table.put_client(&firm, &client, profile, Expected::OneOf(&seen)).await.unwrap();
    assert!(matches!(written, Written::Done(_)), "{seen:?} {written:?}");
    let seen = [table.invoice(&firm, &invoice).await.unwrap().unwrap().etag];
    let stored = StoredInvoice { matter_email: vec!["ann@x.example".parse().unwrap()], ..StoredInvoice::default() };
    let told = table.put_invoice(&firm, &invoice, stored, Expected::OneOf(&seen)).await.unwrap();
    assert!(matches!(told, Told::Done(_)), "{seen:?} {told:?}");
}
