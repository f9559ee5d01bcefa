//! Processors of hosts: messages that were delivered are handled one after another, in the order in which they came, and each takes
//! its time. What a message brings about happens when it has been handled.

use super::config::Cpu;
use super::cpu::{Delivered, Processor};
use super::env::Context;
use super::event::Event;
use super::model::World;
use super::observation::Observation;
use super::observer::PartObserver;
use crate::units::{Duration, HostId};

impl<W: PartObserver> World<'_, W> {
    /// A message was delivered to the context's host, in a world where some have processors that take time.
    #[inline(never)]
    pub(super) fn on_delivered(&mut self, ctx: &mut Context<'_, '_>, delivered: Delivered) {
        if self.cpu(ctx.host).is_none() {
            return self.give(ctx, delivered);
        }
        let processor = self.processor(ctx.host);
        processor.messages.push_back(delivered);
        if processor.ends.is_none() {
            self.begin_processing(ctx);
        }
    }

    /// The processor of the context's host has handled a message.
    pub(super) fn on_processed(&mut self, ctx: &mut Context<'_, '_>) {
        let processor = self.processor(ctx.host);
        processor.ends = None;
        if let Some(delivered) = processor.messages.pop_front() {
            self.give(ctx, delivered);
        }
        self.begin_processing(ctx);
    }

    /// The context's host went offline: what waits for its processor is gone.
    #[cold]
    pub(super) fn forget_processing(&mut self, ctx: &mut Context<'_, '_>) {
        let Processor { messages, ends } = std::mem::take(self.processor(ctx.host));
        if let Some(ends) = ends {
            ctx.schedule.cancel(ends);
        }
        if !messages.is_empty() {
            let messages = messages.len() as u32;
            self.see(ctx, Observation::Unprocessed { messages });
        }
    }

    /// Begins with the next message, if there is one. How many signatures it takes is known now: what was before it has been handled.
    fn begin_processing(&mut self, ctx: &mut Context<'_, '_>) {
        let (now, host) = (ctx.now, ctx.host);
        let Some(cpu) = self.cpu(host) else { return };
        let Some(next) = self.processor(host).messages.front() else { return };
        let waited = now.since(next.at);
        let signatures = self.verifications(now, host);
        let takes = cpu.message + times(cpu.verification, signatures);
        let ends = ctx.schedule.own(now + takes, Event::Processed);
        self.processor(host).ends = Some(ends);
        self.see(ctx, Observation::Processing { waited, takes });
    }

    fn cpu(&self, host: HostId) -> Option<Cpu> {
        self.group(host).cpu
    }
}

fn times(one: Duration, count: u32) -> Duration {
    Duration::from_nanos(one.as_nanos().saturating_mul(count.into()))
}
