/**
 * Who decides what: rules, votes and the decision that comes of them. Nothing here does anything by itself: a
 * {@link io.jenkins.plugins.safedeployments.engine.judgment.Judgment} is a value, and what happens to it makes another one. Where
 * each rule lives: who may vote is in {@code Rule}, how votes are counted in {@code Rules}, what a vote does and what time does in
 * {@code Judgment}.
 */
package io.jenkins.plugins.safedeployments.engine.judgment;
