//! What a page costs, and what it moved: figures for journeys with limits.

use serde_json::{Value, json};

use super::page::Page;

/// What a page holds in memory.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// The bytes of JavaScript's heap that are in use.
    pub heap_bytes: u64,
    /// The nodes of all documents, whether they are in the page or only held by a script.
    pub nodes: u64,
    /// The listeners of events.
    pub listeners: u64,
}

impl Page {
    /// What the page holds once all rubbish is collected.
    pub async fn memory(&self) -> Memory {
        self.let_go().await;
        // What was removed is held until the next drawing.
        self.drawn().await;
        // Twice: what finalizers let go is rubbish only then.
        for _ in 0..2 {
            self.call("HeapProfiler.collectGarbage", json!({})).await;
        }
        let heap = self.call("Runtime.getHeapUsage", json!({})).await;
        let counters = self.call("Memory.getDOMCounters", json!({})).await;
        let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{value} is no number")) as u64;
        Memory {
            heap_bytes: number(&heap["usedSize"]),
            nodes: number(&counters["nodes"]),
            listeners: number(&counters["jsEventListeners"]),
        }
    }

    /// The sum of all layout shifts that no action of the reader explains (<https://web.dev/articles/cls>).
    pub async fn layout_shift(&self) -> f64 {
        // An entry comes after its frame is drawn; two frames later it is there.
        let sum = "new Promise((done) => {
            let sum = 0;
            const add = (shifts) => shifts.filter((shift) => !shift.hadRecentInput).forEach((shift) => sum += shift.value);
            const observer = new PerformanceObserver((list) => add(list.getEntries()));
            observer.observe({ type: 'layout-shift', buffered: true });
            const end = () => { add(observer.takeRecords()); observer.disconnect(); done(sum); };
            requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(end)));
        })";
        self.evaluate(sum).await.as_f64().expect("a number")
    }

    /// Milliseconds from the beginning of the navigation until something was drawn.
    pub async fn first_paint_ms(&self) -> f64 {
        let paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        self.until("something is drawn", &format!("{paint} > 0")).await;
        self.evaluate(paint).await.as_f64().expect("a number")
    }
}
