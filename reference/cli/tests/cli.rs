//! The program as its users see it.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::*;

const PLAY_STARTED: &str = r#""event":"play-started""#;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Exit code and everything that was printed.
fn run(args: &[&str]) -> (Option<i32>, String) {
    let (status, output) = Program::start(rtmpref(args)).finish();
    (status.code(), output)
}

#[test]
fn a_file_is_published_and_played_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.flv");
    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/top-secret");
    let player = Program::start(rtmpref(&["play", &key, "-o", text(&copy)]));
    server.line_with(PLAY_STARTED);
    let film = film();
    let (code, published) = run(&["publish", text(&film), &key, "--fast"]);
    assert_eq!(code, Some(0), "{published}");
    let (status, played) = player.finish();
    assert_eq!(status.code(), Some(0), "{played}");
    assert!(played.contains("the stream is over"), "{played}");
    assert_eq!(fs::read(copy).unwrap(), fs::read(film).unwrap());
    server.line_with(r#""event":"play-ended""#);
    for output in [&published, &played, &server.output] {
        assert!(!output.contains("top-secret"), "the stream key is printed:\n{output}");
    }
}

#[test]
fn a_looped_file_can_be_joined_late_and_left_early() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.flv");
    let (mut server, url) = serve(&["--chunk-size", "60000"]);
    let key = format!("{url}/live/key");
    let publisher = Program::start(rtmpref(&["publish", text(&film()), &key, "--loop", "100"]));
    server.line_with(r#""event":"publish-started""#);
    let (code, played) = run(&["play", &key, "-o", text(&copy), "--duration", "0.5"]);
    assert_eq!(code, Some(0), "{played}");
    assert!(played.contains("the duration is over"), "{played}");
    let file = rtmp_flv::demux(&fs::read(copy).unwrap());
    assert_eq!(file.error, None);
    assert_eq!(file.tags[0].timestamp, 0);
    drop(publisher);
}

#[test]
fn a_second_publisher_gets_exit_code_1_and_the_reason() {
    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/top-secret");
    let first = Program::start(rtmpref(&["publish", text(&film()), &key]));
    server.line_with(r#""event":"publish-started""#);
    let (code, output) = run(&["publish", text(&film()), &key]);
    assert_eq!(code, Some(1));
    assert!(output.contains("NetStream.Publish.BadName") && output.contains("another name"), "{output}");
    drop(first);
}

#[test]
fn an_unknown_app_is_refused() {
    let (_server, url) = serve(&["--app", "live"]);
    let (code, output) = run(&["publish", text(&film()), &format!("{url}/vod/key")]);
    assert_eq!(code, Some(1));
    assert!(output.contains("NetConnection.Connect.Rejected"), "{output}");
}

#[test]
fn waiting_for_a_publisher_has_an_end() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.flv");
    let (_server, url) = serve(&[]);
    let args = ["play", &format!("{url}/live/key"), "-o", text(&copy), "--timeout", "0.2"];
    let (code, output) = run(&args);
    assert_eq!(code, Some(1));
    assert!(output.contains("Does somebody publish the name?"), "{output}");
    assert!(!copy.exists(), "nothing came, so there is no file");
}

#[test]
fn a_server_that_is_not_there_is_exit_code_5() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("rtmp://{}/live/key", listener.local_addr().unwrap());
    drop(listener);
    let (code, output) = run(&["publish", text(&film()), &url]);
    assert_eq!(code, Some(5));
    assert!(output.contains("cannot reach 127.0.0.1:"), "{output}");
}

#[test]
fn wrong_use_is_exit_code_2_and_names_what_is_wrong() {
    for (args, part) in [
        (&["publish", "film.flv"][..], "<URL>"),
        (&["serve", "--listen", "nowhere"], "--listen"),
        (&["play", "http://h/live/top-secret", "-o", "x.flv"], "does not start with rtmp://"),
        (&["play", "rtmp://127.0.0.1/live", "-o", "x.flv"], "names no stream"),
        (&["play", "rtmp://127.0.0.1/live/top-secret", "-o", "/"], "directory"),
        (&["play", "rtmp://127.0.0.1/live/top-secret"], "--output"),
        (&["publish", "a.flv", "rtmp://127.0.0.1/live/key", "--loop", "0"], "--loop"),
        (&["serv"], "serve"),
    ] {
        let (code, output) = run(args);
        assert_eq!(code, Some(2), "{args:?}: {output}");
        assert!(output.contains(part), "{args:?}: {output}");
        assert!(!output.contains("top-secret"), "{output}");
    }
}

#[test]
fn a_file_that_is_not_flv_is_named_before_anything_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("film.mp4");
    fs::write(&file, b"\0\0\0\x18ftypmp42").unwrap();
    for (file, part) in [(file, "not an FLV file"), (dir.path().join("missing.flv"), "cannot read")] {
        let (code, output) = run(&["publish", text(&file), "rtmp://127.0.0.1:1/live/key"]);
        assert_eq!(code, Some(1), "{output}");
        assert!(output.contains(part) && output.contains(text(&file)), "{output}");
    }
}

#[test]
fn a_cut_file_is_published_to_its_end_and_then_reported() {
    let dir = tempfile::tempdir().unwrap();
    let cut = dir.path().join("cut.flv");
    let bytes = fs::read(film()).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let (mut server, url) = serve(&[]);
    let (code, output) = run(&["publish", text(&cut), &format!("{url}/live/key"), "--fast"]);
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("the file ends inside") && output.contains("tags before are good"), "{output}");
    server.line_with(r#""event":"publish-ended""#);
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let (code, output) = run(&["--help"]);
    assert_eq!(code, Some(0));
    for part in ["Examples:", "rtmpref serve", "Exit codes:", "130"] {
        assert!(output.contains(part), "{output}");
    }
    for command in ["serve", "publish", "play"] {
        let (code, output) = run(&[command, "--help"]);
        assert_eq!(code, Some(0));
        assert!(output.contains("Examples:") && output.contains(&format!("rtmpref {command} ")), "{output}");
    }
}

#[cfg(unix)]
#[test]
fn signals_end_each_command_in_good_order() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.flv");
    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/key");
    let mut player = Program::start(rtmpref(&["play", &key, "-o", text(&copy)]));
    server.line_with(PLAY_STARTED);
    let mut publisher = Program::start(rtmpref(&["publish", text(&film()), &key]));
    publisher.line_with("media flows");
    player.line_with("media flows");
    for (program, code) in [(player, 130), (publisher, 130), (server, 0)] {
        let killed =
            Command::new("sh").args(["-c", "kill -INT \"$0\"", &program.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let (status, output) = program.finish();
        assert_eq!(status.code(), Some(code), "{output}");
    }
    assert_eq!(rtmp_flv::demux(&fs::read(copy).unwrap()).error, None, "the file is complete");
}
