//! A healthy publisher and player that run beside a hostile case and must not notice it.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::{Echo, EchoOptions, Stage};
use crate::outcome::{Seen, Stop};
use crate::pen::media;

/// A frame goes out this often.
const EVERY: Duration = Duration::from_millis(20);

/// Handle of a running bystander; ends with it.
pub struct Bystander {
    ask: mpsc::Sender<oneshot::Sender<Seen>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Bystander {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Bystander {
    /// Starts one on a stage of its own.
    ///
    /// # Errors
    /// Blocked when the target does not serve it.
    pub async fn start(mut stage: Stage) -> Result<Self, Stop> {
        let echo = stage.echo(EchoOptions::default()).await?;
        let (ask, asked) = mpsc::channel(1);
        let task = tokio::spawn(run(echo, asked));
        Ok(Self { ask, task })
    }

    /// Whether every frame since the last call arrived once, in order and unchanged: the fact `unbroken`, or
    /// what is wrong.
    pub async fn check(&self) -> Seen {
        let (answer, answered) = oneshot::channel();
        if self.ask.send(answer).await.is_err() {
            return Seen::fact("the bystander's connection ended");
        }
        answered.await.unwrap_or_else(|_| Seen::fact("the bystander's connection ended"))
    }
}

async fn run(mut echo: Echo, mut asked: mpsc::Receiver<oneshot::Sender<Seen>>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut published = Vec::new();
    let mut n = 0_u32;
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                n += 1;
                let frame = media::aac(&format!("bystander-{n}"), 80).at(1_000 + n * 20);
                echo.live.send(&frame).await;
                published.push(frame);
            }
            request = asked.recv() => {
                let Some(answer) = request else { return };
                n += 1;
                let seen = echo.collect(&published, 1_000 + n * 20).await;
                let fits = crate::outcome::Observation {
                    label: String::new(),
                    expect: echo.expects(&published),
                    seen: seen.clone(),
                };
                let verdict = if fits.matched().is_some() {
                    Seen::fact("unbroken")
                } else {
                    let arrived = match &seen {
                        Seen::Media { items, .. } => items.len(),
                        _ => 0,
                    };
                    Seen::fact(format!(
                        "{arrived} of {} frames arrived as published{}",
                        published.len(),
                        if echo.live.link.is_closed() { ", its publisher was closed" } else { "" }
                    ))
                };
                published.clear();
                let _ = answer.send(verdict);
            }
        }
    }
}
