// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

extension ObjectValidator {
    mutating func job(_ spec: JSON, _ place: FieldPlace) {
        notNegative(
            spec,
            [
                "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
                "backoffLimitPerIndex", "maxFailedIndexes",
            ], place)
        if spec.text("completionMode") == "Indexed" && spec.at("completions") == nil {
            required(place["completions"], "when completion mode is Indexed")
        }
        let policy = spec.text("template", "spec", "restartPolicy")
        template(spec.at("template"), place["template"])
        if policy == "Always" || policy.isEmpty {
            let restart = place["template.spec.restartPolicy"]
            if policy.isEmpty {
                required(restart, "valid values: \"OnFailure\", \"Never\"")
            } else {
                notSupported(restart, policy, ["OnFailure", "Never"])
            }
        }
    }

    mutating func jobUpdate(_ job: JSON, _ old: JSON) {
        let place = FieldPlace("spec")
        let (new, before) = (job.at("spec") ?? [:], old.at("spec") ?? [:])
        if new.at("selector") != before.at("selector") {
            add(
                FieldError(
                    .invalid, place["selector"], value: new.at("selector") ?? [:],
                    valueText: ValueText.selector(new.at("selector")), "field is immutable"))
        }
        // Jobs with an index may grow and shrink together with what runs at once.
        let isElastic = new.text("completionMode") == "Indexed" && new.at("completions") == new.at("parallelism")
        if !isElastic { immutable("completions", of: new, before, place) }
        // What waits may still be sent elsewhere.
        let isWaiting = before.flag("suspend") && old.at("status", "startTime") == nil
        func fixed(_ spec: JSON) -> JSON {
            var template = spec.at("template") ?? [:]
            guard isWaiting else { return template }
            template["metadata"] = nil
            template.change("spec") { spec in
                for key in ["nodeSelector", "affinity", "tolerations", "schedulingGates"] { spec[key] = nil }
            }
            return template
        }
        if fixed(new) != fixed(before) { invalid(place["template"], new.at("template"), "field is immutable") }
        immutable("completionMode", of: new, before, place)
        immutable("podFailurePolicy", of: new, before, place)
        immutable("backoffLimitPerIndex", of: new, before, place)
    }

    mutating func cronJob(_ object: JSON) {
        let (spec, place) = (object.at("spec") ?? [:], FieldPlace("spec"))
        let schedule = spec.text("schedule")
        if schedule.isEmpty {
            required(place["schedule"])
        } else if let problem = CronSchedule.problem(schedule) {
            invalid(place["schedule"], .string(schedule), problem)
        }
        notNegative(
            spec, ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"], place)
        job(spec.at("jobTemplate", "spec") ?? [:], place["jobTemplate.spec"])
    }
}

/// Schedules in five fields, or by the names of the usual ones.
enum CronSchedule {
    private static let names = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// What is wrong; nil when nothing is.
    static func problem(_ text: String) -> String? {
        if text.hasPrefix("TZ=") || text.hasPrefix("CRON_TZ=") {
            return "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        }
        if text.hasPrefix("@") {
            // Go's durations.
            if text.hasPrefix("@every ") { return nil }
            return names.contains(text) ? nil : "unrecognized descriptor: \(text)"
        }
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard fields.count == 5 else {
            let list = fields.joined(separator: " ")
            return "expected exactly 5 fields, found \(fields.count): [\(list)]"
        }
        let bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
        for (index, field) in fields.enumerated() {
            let names = index == 3 ? months : index == 4 ? days : []
            let parts = field.split(separator: ",", omittingEmptySubsequences: false)
            for part in parts {
                if let problem = problem(part, bounds[index], names, first: index == 3 ? 1 : 0) { return problem }
            }
        }
        return nil
    }

    /// `*`, `?`, a value or a range, and a step.
    private static func problem(
        _ part: Substring, _ bounds: (Int, Int), _ names: [String], first: Int
    ) -> String? {
        let steps = part.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count <= 2 else { return "too many slashes: \(part)" }
        if steps.count == 2 {
            guard let step = Int(steps[1]), step >= 0 else { return "failed to parse int from \(steps[1])" }
            if step == 0 { return "step of range should be a positive number: \(part)" }
        }
        let range = steps.first ?? ""
        if range == "*" || range == "?" { return nil }
        let ends = range.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { return "too many hyphens: \(part)" }
        var values: [Int] = []
        for end in ends {
            let named = names.firstIndex(of: end.lowercased()).map { $0 + first }
            guard let value = named ?? Int(end), value >= 0 else { return "failed to parse int from \(end)" }
            values.append(value)
        }
        if values[0] < bounds.0 { return "beginning of range (\(values[0])) below minimum (\(bounds.0)): \(part)" }
        let last = values[values.count - 1]
        if last > bounds.1 { return "end of range (\(last)) above maximum (\(bounds.1)): \(part)" }
        return values[0] > last ? "beginning of range (\(values[0])) beyond end of range (\(last)): \(part)" : nil
    }
}
