//! The words that policies can use: kinds of entity with their attributes and groups, and the context.
//!
//! Tables, nothing else. `schema` prints them, whoever fills an [`Entity`](super::entity::Entity) keeps to
//! them, and a test with Cedar itself holds the two together. What need not be declared in a world is
//! optional, so that a policy has to say what it does about the unknown (`resource has env && ...`).

use super::entity::Kind;

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Its name in policies.
    pub name: &'static str,
    /// Its type.
    pub form: Form,
    /// Whether it is always there.
    pub always: bool,
    /// What it means.
    pub about: &'static str,
}

/// The type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Form {
    Bool,
    Long,
    Text,
    Entity(Kind),
    Predicted,
}

/// A kind of entity.
#[derive(Debug, Clone, Copy)]
pub struct Described {
    /// Which.
    pub kind: Kind,
    /// What it is.
    pub about: &'static str,
    /// Groups it can be in.
    pub within: &'static [Kind],
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

const fn always(name: &'static str, form: Form, about: &'static str) -> Attribute {
    Attribute { name, form, always: true, about }
}

const fn perhaps(name: &'static str, form: Form, about: &'static str) -> Attribute {
    Attribute { name, form, always: false, about }
}

const ENV: Attribute = perhaps("env", Form::Text, "the environment, such as \"production\"");
const TIER: Attribute = perhaps("tier", Form::Text, "the tier, as the organisation counts them");
const TEAM: Attribute = perhaps("team", Form::Entity(Kind::Team), "who mends it");
const KIND: Attribute = always("kind", Form::Text, "\"service\", \"datastore\", \"cache\", \"queue\", \"cdn\", ...");
const FACES: Attribute = always("faces_customers", Form::Bool, "customers use it directly");
const HOLDS: Attribute = always("holds_data", Form::Bool, "it is a store that would have to be restored");
const JURISDICTION: Attribute = perhaps("jurisdiction", Form::Text, "whose law holds there");

/// Every kind of entity; a kind stands below those that it refers to.
pub const ENTITIES: &[Described] = &[
    Described { kind: Kind::Role, about: "a role of the world", within: &[], attributes: &[] },
    Described {
        kind: Kind::Actor,
        about: "who acts, in the role that it acts as",
        within: &[Kind::Role],
        attributes: &[always("kind", Form::Text, "\"agent\", \"assistant\", \"human\" or \"automation\"")],
    },
    Described {
        kind: Kind::Team,
        about: "people who mend and review",
        within: &[],
        attributes: &[
            perhaps("crew", Form::Long, "how many mends at once"),
            perhaps("reviewers", Form::Long, "how many people review"),
        ],
    },
    Described {
        kind: Kind::Region,
        about: "a place that fails and is repaired on its own",
        within: &[],
        attributes: &[JURISDICTION],
    },
    Described {
        kind: Kind::Service,
        about: "something that answers requests or holds data",
        within: &[Kind::Team],
        attributes: &[ENV, TIER, TEAM, KIND, FACES, HOLDS],
    },
    Described {
        kind: Kind::Cell,
        about: "one service in one region: what a step is done to",
        within: &[Kind::Service, Kind::Region, Kind::Team],
        attributes: &[
            always("service", Form::Entity(Kind::Service), "which service"),
            always("region", Form::Entity(Kind::Region), "where"),
            ENV,
            TIER,
            TEAM,
            KIND,
            FACES,
            HOLDS,
            JURISDICTION,
            perhaps("customers", Form::Long, "customers served from here"),
        ],
    },
];

/// What a request says about the step, as it would be executed.
pub const CONTEXT: &[Attribute] = &[
    always("step", Form::Text, "the id of the step"),
    always("mutating", Form::Bool, "it changes something"),
    always("destructive", Form::Bool, "it removes something"),
    always("reversible", Form::Bool, "it can be undone by a revert"),
    always("cells", Form::Long, "how many cells it is done to"),
    always("regions", Form::Long, "in how many regions"),
    always("reach", Form::Long, "how many cells it can affect, these included"),
    perhaps("predicted", Form::Predicted, "what an unguarded run of the step alone comes to"),
];

/// What a prediction says: whole seconds, counts, and millionths of the trials.
pub const PREDICTED: &[Attribute] = &[
    always("customers_outage_p50_s", Form::Long, "half of the trials have a shorter outage for customers"),
    always("customers_outage_p95_s", Form::Long, "one in twenty has a longer one"),
    always("customers_affected_ppm", Form::Long, "trials with an outage for customers"),
    always("affected_cells_p50", Form::Long, "half of the trials affect fewer cells"),
    always("affected_cells_p90", Form::Long, "one in ten affects more"),
    always("data_lost_for_good_ppm", Form::Long, "trials in which data is lost for good"),
];
