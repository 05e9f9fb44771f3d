//! Which plan is in force at which time.

use super::Plan;
use model::Time;
use std::sync::{Arc, RwLock};

/// The plans of a bus in the order in which they come into force; shared by the feed and all workers.
///
/// A change is entered before any record past its instant is handed out, so that every worker sees it in time.
#[derive(Debug, Clone)]
pub struct Timeline {
    plans: Arc<RwLock<Vec<Arc<Plan>>>>,
}

/// A plan with its number on the timeline.
#[derive(Debug, Clone)]
pub struct Span {
    /// Counted from 0.
    pub generation: u32,
    /// The plan.
    pub plan: Arc<Plan>,
}

impl Timeline {
    /// A timeline of plans in the order of their instants; the first is in force before its instant as well. Without any
    /// plan nothing is routed.
    pub fn new(plans: Vec<Plan>) -> Self {
        let plans = if plans.is_empty() { vec![Plan::empty()] } else { plans };
        Self { plans: Arc::new(RwLock::new(plans.into_iter().map(Arc::new).collect())) }
    }

    /// All plans in the order in which they come into force.
    pub fn all(&self) -> Vec<Arc<Plan>> {
        self.plans.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Enters a plan; its instant must lie after that of the last.
    pub fn change(&self, next: Plan) {
        self.plans.write().unwrap_or_else(std::sync::PoisonError::into_inner).push(Arc::new(next));
    }

    /// The plan in force at `time`.
    pub fn at(&self, time: Time) -> Span {
        let plans = self.plans.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let after = plans.partition_point(|plan| plan.effective <= time).max(1);
        Span { generation: after as u32 - 1, plan: plans[after - 1].clone() }
    }

    /// When the first plan after `time` comes into force.
    pub fn next_after(&self, time: Time) -> Option<Time> {
        let plans = self.plans.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        plans.iter().skip(1).map(|plan| plan.effective).find(|effective| *effective > time)
    }

    /// When the newest plan came or comes into force, if it is not the first.
    pub fn newest(&self) -> Option<Time> {
        let plans = self.plans.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        plans.iter().skip(1).next_back().map(|plan| plan.effective)
    }

    /// The plan with a number; `None` when there is none yet.
    pub fn get(&self, generation: u32) -> Option<Arc<Plan>> {
        self.plans.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(generation as usize).cloned()
    }
}
