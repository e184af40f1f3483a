// SPDX-License-Identifier: Apache-2.0

public import Documents

/// The labels by which a job finds its pods.
public enum JobSelector {
    /// The job with a selector for its own identity and the labels of its pods to match, as the server makes them when
    /// a job is created; jobs that bring a selector of their own (`manualSelector: true`) stay as they are.
    ///
    /// - Parameter job: a new job with name and `uid`.
    public static func generated(for job: JSON) -> JSON {
        let (name, uid) = (job.text("metadata", "name"), job.text("metadata", "uid"))
        guard !job.flag("spec", "manualSelector"), !uid.isEmpty else { return job }
        var job = job
        job.change("spec") { spec in
            spec.fill("template", [:])
            spec.change("template") { template in
                template.fill("metadata", [:])
                template.change("metadata") { metadata in
                    metadata.fill("labels", [:])
                    metadata.change("labels") { labels in
                        for prefix in ["", "batch.kubernetes.io/"] {
                            labels["\(prefix)job-name"] = .string(name)
                            labels["\(prefix)controller-uid"] = .string(uid)
                        }
                    }
                }
            }
            spec.fill("selector", [:])
            spec.change("selector") { selector in
                selector.fill("matchLabels", [:])
                selector.change("matchLabels") { $0["batch.kubernetes.io/controller-uid"] = .string(uid) }
            }
        }
        return job
    }
}
