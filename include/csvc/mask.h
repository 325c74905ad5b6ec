/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MASK_H
#define CSVC_MASK_H

#include <csvc/case.h>

G_BEGIN_DECLS

/* What somebody sees of personal facts (pii="true"): <role sees="phone"> as they are, everybody else masked.
 *
 *   <fact id="phone" pii="true" mask="3,4"/>    13800008000 ──▶ 138****8000
 *   <fact id="email" pii="true"/>               a@b.example ──▶ ****
 *
 * A mask shows characters (not bytes) at both ends of a text; one that is too short for it is hidden whole, and a text that is masked already stays as it
 * is. What is personal in one kind of case, or of customers, is personal under its name everywhere, and of several masks of a name the strictest holds
 * for all. @role NULL sees nothing personal. A role of another policy is the caller's bug.
 *
 * Copies are for looking at, and for showing, and for nothing else: they decide otherwise than what they were copied from, and storing one loses what it
 * does not show. To explain a tier or a due instant ask what it was copied from: explanations name personal facts, and never show their values.
 *
 * Masked is what stands under the name of a personal fact. What a policy makes of one and calls otherwise is not: due instants that a clock takes from a
 * personal date, tiers, periods and keys of rules (and the numbers of cases made of them), arguments and outputs of other names, lines of the log. Nor is what
 * the host says itself: numbers of customers and cases, names of staff, reasons, keys of requests. */

/* (transfer full): the text of a value of this fact, as the role may see it. What is null, or has been erased (CSVC_TYPE_SEALED), hides nothing and is told as
 * it is. */
CSVC_API char *csvc_fact_dup_text_for (const CsvcFact *self, const CsvcValue *value, const CsvcRole *role);

/* (transfer full): the customer as the role may see them. Personal texts that it does not see are masked; personal facts of other types are unknown, even those
 * that have a default. @role: (nullable): of the customer's policy. */
CSVC_API CsvcCustomer *csvc_customer_copy_for (const CsvcCustomer *self, const CsvcRole *role);

/* (transfer full): the case as the role may see it; the same goes for its facts and for what tables decided under the name of one (null, if it is no text).
 * @role: (nullable): of the case's policy, which may be older than that of an engine. */
CSVC_API CsvcCase *csvc_case_copy_for (const CsvcCase *self, const CsvcRole *role);

/* (transfer full): effects as the role may see them. In FACT_SET and CUSTOMER_PUT, and in arguments and outputs that bear the name of a personal fact, there is
 * text in place of a value of whatever type; RESTATED tells the case of csvc_case_copy_for().
 * @policy: says what is personal; @role: (nullable): of that policy. */
CSVC_API CsvcEffects *csvc_effects_copy_for (const CsvcEffects *self, const CsvcPolicy *policy, const CsvcRole *role);

/* (transfer full): the same for facts by name: parameters of an event, what a journal entry was given or read. */
CSVC_API CsvcFacts *csvc_facts_copy_for (const CsvcFacts *self, const CsvcPolicy *policy, const CsvcRole *role);

G_END_DECLS

#endif
