// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What is known about running work: totals, and the items that are under way.
struct ProgressState: Sendable {
    struct Item: Sendable {
        let id: String
        let name: String
        let bytes: Int64?
        var moved: Int64 = 0
        var rate: SmoothedRate
    }
    private var plannedItems: Int?
    private var plannedBytes: Int64?
    private var startedItems = 0
    private var endedItems = 0
    private var moved: Int64 = 0
    private var active: [Item] = []
    private var rate = SmoothedRate(at: 0)
    /// What the work said of itself before it began.
    private(set) var plan: String?

    /// Whether there is anything to tell.
    var isEmpty: Bool { plannedItems == nil && startedItems == 0 && endedItems == 0 }

    /// What an item that is under way is called.
    func name(of id: String) -> String? { active.first { $0.id == id }?.name }

    mutating func apply(_ event: ProgressEvent, at seconds: Double) {
        switch event {
        case .planned(let items, let bytes, let text):
            (plannedItems, plannedBytes) = (items, bytes)
            plan = text.isEmpty ? nil : text.displayable
        case .started(let id, let name, let bytes):
            active.removeAll { $0.id == id }
            active.append(Item(id: id, name: name.displayable, bytes: bytes, rate: SmoothedRate(at: seconds)))
            startedItems += 1
        case .moved(let id, let bytes):
            moved += bytes
            if let index = active.firstIndex(where: { $0.id == id }) { active[index].moved += bytes }
        case .skipped: endedItems += 1
        case .finished(let id): end(id)
        case .failed(let id, let failure):
            if failure.isFinal {
                end(id)
            } else if let index = active.firstIndex(where: { $0.id == id }) {
                // The next attempt begins at its first byte.
                moved -= active[index].moved
                active.remove(at: index)
            }
        case .warning, .note: break
        }
    }

    private mutating func end(_ id: String) {
        active.removeAll { $0.id == id }
        endedItems += 1
    }

    /// The totals on one line of at most so many columns, and what is under way.
    mutating func line(at seconds: Double, width: Int) -> String {
        var parts = totals(at: seconds)
        if let item = active.last {
            parts.append(active.count > 1 ? "\(item.name) and \(active.count - 1) more" : item.name)
        }
        return parts.joined(separator: "  ").truncated(to: width)
    }

    /// The totals, and below them a line for each item under way; at most so many lines of so many columns. The items
    /// that began first are shown, and how many more there are.
    mutating func lines(at seconds: Double, width: Int, height: Int) -> [String] {
        var lines = [totals(at: seconds).joined(separator: "  ")]
        for index in active.indices { active[index].rate.update(active[index].moved, at: seconds) }
        let room = max(0, height - 1)
        let shown = active.count <= room ? active.count : max(0, room - 1)
        lines += active.prefix(shown).map { $0.line(width: width) }
        if shown < active.count, room > 0 { lines.append("  and \(active.count - shown) more") }
        return lines.map { $0.truncated(to: width) }
    }

    /// Bytes moved of those planned, rate, time left, items.
    private mutating func totals(at seconds: Double) -> [String] {
        rate.update(moved, at: seconds)
        var parts: [String] = []
        if let plannedBytes, plannedBytes > 0 {
            parts.append("\(ByteCount(max(0, moved))) / \(ByteCount(plannedBytes))")
            parts.append("\(percentage(moved, of: plannedBytes))%")
        } else {
            parts.append("\(ByteCount(max(0, moved)))")
        }
        parts.append("\(ByteCount(Int64(max(0, rate.bytesPerSecond))))/s")
        if let plannedBytes, let left = rate.remaining(plannedBytes - moved) { parts.append("ETA \(left)") }
        if let plannedItems, plannedItems > 0 { parts.append("\(min(endedItems, plannedItems))/\(plannedItems)") }
        return parts
    }
}

private func percentage(_ part: Int64, of whole: Int64) -> Int {
    max(0, min(100, Int(Double(part) / Double(whole) * 100)))
}

extension ProgressState.Item {
    /// Bar, share, rate, time left and name; in a narrow terminal without the bar, then without rate and time.
    fileprivate func line(width: Int) -> String {
        let speed = "\(ByteCount(Int64(max(0, rate.bytesPerSecond))))/s"
        guard let bytes, bytes > 0 else {
            let parts = [ByteCount(moved).description.padded(to: 10)] + (width >= 60 ? [speed.padded(to: 12)] : [])
            return "  " + (parts + [name]).joined(separator: "  ")
        }
        let share = percentage(moved, of: bytes)
        var parts: [String] = []
        if width >= 80 {
            let filled = share / 5
            parts.append("[\(String(repeating: "=", count: filled))\(String(repeating: " ", count: 20 - filled))]")
        }
        parts.append(String(repeating: " ", count: share < 10 ? 2 : share < 100 ? 1 : 0) + "\(share)%")
        if width >= 60 {
            parts.append(speed.padded(to: 12))
            parts.append((rate.remaining(bytes - moved).map { "ETA \($0)" } ?? "").padded(to: 10))
        }
        return "  " + (parts + [name]).joined(separator: "  ")
    }
}
